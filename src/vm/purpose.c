#include "vm/purpose.h"

#include "base/out.h"
#include "vm/kinds.h"
#include "vm/stacks.h"

#include <string.h>

static void say(char *buf, const char *text)
{
    lc_format(buf, LC_PURPOSE_MAX, "%s", text);
}

static void say_own(char *buf, struct lc_range range, const struct lc_vm_hints *h)
{
    const struct lc_own *most;
    lc_vm_hints_own_bytes(h, range, &most);
    say(buf, most ? most->what : "");
}

static void say_bss(char *buf, const struct lc_vm_region *regions, size_t index)
{
    if (index == 0 || !lc_vm_region_is_private_file(&regions[index - 1]))
        return;
    const char *path = regions[index - 1].name;
    const char *slash = strrchr(path, '/');
    lc_format(buf, LC_PURPOSE_MAX, "bss of %s", slash ? slash + 1 : path);
}

static void say_stacks(char *buf, const char *what, struct lc_vm_threads threads)
{
    if (threads.count == 1 && threads.first->name[0])
        lc_format(buf, LC_PURPOSE_MAX, "%s of thread %d (%s)", what, (int)threads.first->tid, threads.first->name);
    else if (threads.count == 1)
        lc_format(buf, LC_PURPOSE_MAX, "%s of thread %d", what, (int)threads.first->tid);
    else if (threads.count > 1)
        lc_format(buf, LC_PURPOSE_MAX, "%ss of %zu threads", what, threads.count);
}

static void say_heap(char *buf, const struct lc_vm_region *r, const struct lc_vm_hints *h)
{
    size_t arena = h->arena_of && lc_vm_region_is_anonymous(r) ? h->arena_of(h->arg, r) : SIZE_MAX;
    if (!lc_vm_region_is_anonymous(r))
        say(buf, "main heap");
    else if (arena != SIZE_MAX)
        lc_format(buf, LC_PURPOSE_MAX, lc_vm_region_is_closed(r) ? "unused part of arena %zu" : "arena %zu", arena);
    else if (lc_vm_region_is_closed(r))
        say(buf, "unused part of a heap arena");
    else
        say(buf, r->range.start % LC_KINDS_ARENA_SIZE == 0 ? "heap arena" : "heap blocks");
}

static void say_shared(char *buf, const struct lc_vm_region *r)
{
    static const char *const memfd[] = {"/memfd:"}, *const system_v[] = {"/SYSV"}, *const posix[] = {"/dev/shm/"};
    if (lc_vm_region_is_named(r, memfd, 1))
        say(buf, "memfd");
    else if (lc_vm_region_is_named(r, system_v, 1))
        say(buf, "System V shared memory");
    else if (lc_vm_region_is_named(r, posix, 1))
        say(buf, "POSIX shared memory");
}

static void say_anonymous(char *buf, const struct lc_vm_region *r, const struct lc_vm_hints *h)
{
    if (lc_vm_region_is_closed(r))
        say(buf, "reserved address space");
    else if (lc_range_has(r->range, h->loader))
        say(buf, "the loader's");
}

const char *lc_purpose_of(const struct lc_vm_region *regions, size_t count, size_t index,
                          const struct lc_vm_hints *h, char buf[LC_PURPOSE_MAX])
{
    const struct lc_vm_region *r = &regions[index];
    buf[0] = '\0';
    if (r->kind == LC_REGION_OWN)
        say_own(buf, r->range, h);
    else if (r->kind == LC_REGION_BSS)
        say_bss(buf, regions, index);
    else if (r->kind == LC_REGION_STACK && !lc_vm_region_is_anonymous(r))
        say(buf, "stack of the main thread");
    else if (r->kind == LC_REGION_STACK)
        say_stacks(buf, "stack", lc_vm_stacks_in(regions, index, h));
    else if (r->kind == LC_REGION_GUARD)
        say_stacks(buf, "guard below the stack", lc_vm_stacks_above(regions, count, index, h));
    else if (r->kind == LC_REGION_HEAP)
        say_heap(buf, r, h);
    else if (r->kind == LC_REGION_SHARED)
        say_shared(buf, r);
    else if (r->kind == LC_REGION_TLS)
        say(buf, "TLS of the main thread");
    else if (r->kind == LC_REGION_ANONYMOUS)
        say_anonymous(buf, r, h);
    return buf;
}
