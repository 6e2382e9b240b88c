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
    if (threads.count == 1)
        lc_format(buf, LC_PURPOSE_MAX, "%s of thread %d", what, (int)threads.first->tid);
    else if (threads.count > 1)
        lc_format(buf, LC_PURPOSE_MAX, "%ss of %zu threads", what, threads.count);
}

static void say_heap(char *buf, const struct lc_vm_region *r)
{
    if (!lc_vm_region_is_anonymous(r))
        say(buf, "main heap");
    else if (lc_vm_region_is_closed(r))
        say(buf, "unused part of a heap arena");
    else
        say(buf, r->range.start % LC_KINDS_ARENA_SIZE == 0 ? "heap arena" : "heap blocks");
}

static void say_anonymous(char *buf, const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h)
{
    if (lc_vm_region_is_closed(&regions[index]))
        say(buf, "reserved address space");
    else if (lc_vm_stacks_is_main_tls(regions, index, h))
        say(buf, "TLS of the main thread");
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
        say_heap(buf, r);
    else if (r->kind == LC_REGION_ANONYMOUS)
        say_anonymous(buf, regions, index, h);
    return buf;
}
