/* What programs call: leakcheck.h, and the names of LeakSanitizer (sanitizer/lsan_interface.h), so that annotated
 * programs work unchanged. Where a sanitizer is in the process, too, its own function is called as well. */
#include "leakcheck/leakcheck.h"

#include "preload/check.h"
#include "preload/control.h"
#include "preload/door.h"
#include "preload/end.h"
#include "scan/user_roots.h"

LC_EXPORT int leakcheck_v1_check(void)
{
    struct lc_finish *run = lc_end_run();
    return run && lc_check_now(run);
}

LC_EXPORT int leakcheck_v1_count(struct leakcheck_leaks *out)
{
    struct lc_leak_totals t;
    struct lc_finish *run = lc_end_run();
    if (!run || lc_check_count(run, &t) < 0)
        return 0;
    *out = (struct leakcheck_leaks){
        .definite_bytes = t.bytes[LC_LEAK_DEFINITE],
        .definite_blocks = t.blocks[LC_LEAK_DEFINITE],
        .indirect_bytes = t.bytes[LC_LEAK_INDIRECT],
        .indirect_blocks = t.blocks[LC_LEAK_INDIRECT],
        .possible_bytes = t.bytes[LC_LEAK_POSSIBLE] + t.bytes[LC_LEAK_TAGGED],
        .possible_blocks = t.blocks[LC_LEAK_POSSIBLE] + t.blocks[LC_LEAK_TAGGED],
        .reachable_bytes = t.bytes[LC_LEAK_REACHABLE],
        .reachable_blocks = t.blocks[LC_LEAK_REACHABLE],
        .mapping_bytes = t.bytes[LC_LEAK_MAPPING],
        .mappings = t.blocks[LC_LEAK_MAPPING],
    };
    return 1;
}

LC_EXPORT int leakcheck_v1_snapshot(void)
{
    return lc_end_run() && lc_control_snapshot();
}

LC_EXPORT void leakcheck_v1_ignore(const void *block)
{
    if (lc_is_recording && block)
        lc_track_ignore(block);
}

LC_EXPORT void leakcheck_v1_disable(void)
{
    if (lc_is_recording)
        lc_track_disable();
}

LC_EXPORT void leakcheck_v1_enable(void)
{
    if (lc_is_recording)
        lc_track_enable();
}

static struct lc_range range_of(const void *start, size_t bytes)
{
    return (struct lc_range){(uintptr_t)start, (uintptr_t)start + bytes};
}

LC_EXPORT void leakcheck_v1_register_root(const void *start, size_t bytes)
{
    lc_user_roots_add(range_of(start, bytes));
}

LC_EXPORT void leakcheck_v1_unregister_root(const void *start, size_t bytes)
{
    lc_user_roots_remove(range_of(start, bytes));
}

void __lsan_disable(void);
void __lsan_enable(void);
void __lsan_ignore_object(const void *block);
void __lsan_register_root_region(const void *start, size_t bytes);
void __lsan_unregister_root_region(const void *start, size_t bytes);
void __lsan_do_leak_check(void);
int __lsan_do_recoverable_leak_check(void);

LC_EXPORT void __lsan_disable(void)
{
    leakcheck_v1_disable();
    if (lc_real.lsan_disable)
        lc_real.lsan_disable();
}

LC_EXPORT void __lsan_enable(void)
{
    leakcheck_v1_enable();
    if (lc_real.lsan_enable)
        lc_real.lsan_enable();
}

LC_EXPORT void __lsan_ignore_object(const void *block)
{
    leakcheck_v1_ignore(block);
    if (lc_real.lsan_ignore_object)
        lc_real.lsan_ignore_object(block);
}

LC_EXPORT void __lsan_register_root_region(const void *start, size_t bytes)
{
    leakcheck_v1_register_root(start, bytes);
    if (lc_real.lsan_register_root_region)
        lc_real.lsan_register_root_region(start, bytes);
}

LC_EXPORT void __lsan_unregister_root_region(const void *start, size_t bytes)
{
    leakcheck_v1_unregister_root(start, bytes);
    if (lc_real.lsan_unregister_root_region)
        lc_real.lsan_unregister_root_region(start, bytes);
}

LC_EXPORT void __lsan_do_leak_check(void)
{
    lc_end_check_finally();
}

LC_EXPORT int __lsan_do_recoverable_leak_check(void)
{
    return leakcheck_v1_check();
}
