/* Memory that the program says holds: a root region of its own. Without the tool the calls are not there. */
#include "leaks.h"

#include <sys/mman.h>

void __lsan_register_root_region(const void *start, size_t size) __attribute__((weak));
void __lsan_unregister_root_region(const void *start, size_t size) __attribute__((weak));

/* Pages of a device of the program's, say: no mapping that holds by itself, since nothing points to it. */
static void **region(void)
{
    void **p = (void **)mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

// expect: reachable 24/1
CASE(registered)
{
    void **p = region();
    p[1000] = block(24, NULL);
    if (__lsan_register_root_region)
        __lsan_register_root_region(p, 65536);
}

// expect: reachable 24/1
// ours: --use-root-regions=no
// differs: indirect 24/1, mappings 65536/1: registered regions are no roots, and nothing points to the mapping
CASE(registered_off)
{
    void **p = region();
    p[1000] = block(24, NULL);
    if (__lsan_register_root_region)
        __lsan_register_root_region(p, 65536);
}

// expect: reachable 24/1
// differs: indirect 24/1, mappings 65536/1: registered no more, and nothing points to the mapping
CASE(unregistered)
{
    void **p = region();
    p[1000] = block(24, NULL);
    if (__lsan_register_root_region) {
        __lsan_register_root_region(p, 65536);
        __lsan_unregister_root_region(p, 65536);
    }
}
