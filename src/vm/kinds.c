#include "vm/kinds.h"

#include "vm/stacks.h"

#include <string.h>

/* More address space without access than this is a reservation, no guard. */
#define GUARD_MAX ((uintptr_t)64 << 10)

struct walk {
    const struct lc_vm_region *regions;
    size_t count;
    const struct lc_vm_hints *hints;
    struct lc_range module; /* the last one begun */
};

static bool is_most_of(uintptr_t bytes, struct lc_range range)
{
    return bytes > lc_range_size(range) / 2;
}

static bool is_same_file(const struct lc_vm_region *a, const struct lc_vm_region *b)
{
    return a->inode == b->inode && strcmp(a->name, b->name) == 0;
}

/* bss, as far as its place and its content tell. */
static bool is_bss_like(const struct walk *w, const struct lc_vm_region *r)
{
    return lc_vm_region_is_anonymous(r) && lc_vm_region_is_writable(r) && lc_vm_region_touches(r - 1, r) &&
           !lc_vm_hints_has_blocks(w->hints, r->range);
}

/* The module that begins at `first`: a run of one file's mappings, with the bss after it; empty if none of
 * them is code. The hints know better where it ends: what was mapped just above is merged with its bss. */
static struct lc_range module_from(const struct walk *w, const struct lc_vm_region *first)
{
    struct lc_range known = lc_vm_hints_module(w->hints, first->range.start);
    if (!lc_range_is_empty(known))
        return known;
    const struct lc_vm_region *end = w->regions + w->count, *r;
    bool has_code = false;
    for (r = first; r < end && is_same_file(r, first); r++)
        has_code = has_code || lc_vm_region_is_executable(r);
    if (!has_code)
        return (struct lc_range){0};
    bool has_bss = r < end && is_bss_like(w, r);
    return (struct lc_range){first->range.start, has_bss ? r->range.end : r[-1].range.end};
}

/* For ascending indices. */
static bool is_of_module(struct walk *w, size_t index)
{
    const struct lc_vm_region *r = &w->regions[index];
    bool is_file = lc_vm_region_is_private_file(r);
    if (!is_file && !lc_vm_region_is_anonymous(r))
        return false;
    if (is_file && (index == 0 || !is_same_file(r, r - 1)))
        w->module = module_from(w, r);
    return is_most_of(lc_range_overlap(w->module, r->range), r->range);
}

static enum lc_region_kind module_kind(const struct lc_vm_region *r)
{
    if (lc_vm_region_is_executable(r))
        return LC_REGION_CODE;
    if (lc_vm_region_is_writable(r))
        return lc_vm_region_is_anonymous(r) ? LC_REGION_BSS : LC_REGION_DATA;
    return lc_vm_region_is_closed(r) ? LC_REGION_GUARD : LC_REGION_RODATA;
}

/* No access: a guard, what an arena has not yet grown into, or address space that is held for later. */
static enum lc_region_kind closed_kind(const struct walk *w, size_t index)
{
    const struct lc_vm_region *r = &w->regions[index];
    if (lc_vm_stacks_above(w->regions, w->count, index, w->hints).count)
        return LC_REGION_GUARD;
    bool follows = index && lc_vm_region_touches(r - 1, r);
    if (follows && r[-1].kind == LC_REGION_HEAP &&
        r[-1].range.start / LC_KINDS_ARENA_SIZE == r->range.start / LC_KINDS_ARENA_SIZE)
        return LC_REGION_HEAP;
    bool is_followed = index + 1 < w->count && lc_vm_region_touches(r, r + 1);
    bool is_guard = lc_range_size(r->range) <= GUARD_MAX && (follows || is_followed);
    return is_guard ? LC_REGION_GUARD : LC_REGION_ANONYMOUS;
}

static enum lc_region_kind anonymous_kind(const struct walk *w, size_t index)
{
    const struct lc_vm_hints *h = w->hints;
    const struct lc_vm_region *r = &w->regions[index];
    if (lc_vm_region_is_closed(r))
        return closed_kind(w, index);
    if (lc_vm_stacks_in(w->regions, index, h).count)
        return LC_REGION_STACK;
    if (lc_vm_stacks_is_main_tls(w->regions, index, h))
        return LC_REGION_TLS;
    return lc_vm_hints_has_blocks(h, r->range) ? LC_REGION_HEAP : LC_REGION_ANONYMOUS;
}

static enum lc_region_kind kind_of(struct walk *w, size_t index)
{
    static const char *const kernel[] = {"[vdso]", "[vvar", "[vsyscall]", "[uprobes]"};
    static const char *const stack[] = {"[stack"}; /* Linux before 4.5 knew the stacks of threads, too */
    static const char *const heap[] = {"[heap]"};
    const struct lc_vm_region *r = &w->regions[index];
    const struct lc_own *most;
    bool is_module = is_of_module(w, index);
    if (is_most_of(lc_vm_hints_own_bytes(w->hints, r->range, &most), r->range))
        return LC_REGION_OWN;
    if (lc_vm_region_is_named(r, kernel, LC_ARRAY_LEN(kernel)))
        return LC_REGION_KERNEL;
    if (lc_vm_region_is_named(r, stack, LC_ARRAY_LEN(stack)))
        return LC_REGION_STACK;
    if (lc_vm_region_is_named(r, heap, LC_ARRAY_LEN(heap)))
        return LC_REGION_HEAP;
    if (is_module)
        return module_kind(r);
    if (lc_vm_region_is_anonymous(r))
        return anonymous_kind(w, index);
    return lc_vm_region_is_shared_memory(r) ? LC_REGION_SHARED : LC_REGION_FILE;
}

void lc_kinds_set(struct lc_vm_region *regions, size_t count, struct lc_vm_hints *h)
{
    lc_vm_hints_sort(h);
    struct walk w = {.regions = regions, .count = count, .hints = h};
    for (size_t i = 0; i < count; i++)
        regions[i].kind = kind_of(&w, i);
}
