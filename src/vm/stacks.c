#include "vm/stacks.h"

/* The rest of glibc's struct pthread is all that lies above the TCB. */
#define ABOVE_TCB LC_PAGE_SIZE

static bool has_guard(const struct lc_vm_region *regions, size_t index)
{
    return index && lc_vm_region_is_closed(&regions[index - 1]) &&
           lc_vm_region_is_anonymous(&regions[index - 1]) &&
           lc_vm_region_touches(&regions[index - 1], &regions[index]);
}

static bool is_stack_like(const struct lc_vm_region *r)
{
    return lc_vm_region_is_anonymous(r) && lc_vm_region_is_writable(r);
}

/* The main thread has a stack of the kernel's, unless another thread forked this process and so became the
 * main one: that one's stack has a guard. */
static bool is_main_tls(const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h,
                        struct lc_vm_threads threads)
{
    return threads.count == 1 && threads.first->tid == h->pid && !has_guard(regions, index);
}

bool lc_vm_stacks_is_main_tls(const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h)
{
    return is_stack_like(&regions[index]) &&
           is_main_tls(regions, index, h, lc_vm_hints_threads(h, regions[index].range));
}

struct lc_vm_threads lc_vm_stacks_in(const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h)
{
    const struct lc_vm_threads none = {0};
    const struct lc_vm_region *r = &regions[index];
    if (!is_stack_like(r))
        return none;
    struct lc_vm_threads threads = lc_vm_hints_threads(h, r->range);
    if (threads.count == 0 || is_main_tls(regions, index, h, threads))
        return none;
    /* What the kernel has merged with it lies above. */
    uintptr_t top = threads.first[threads.count - 1].pointer + ABOVE_TCB;
    return top - r->range.start > lc_range_size(r->range) / 2 ? threads : none;
}

struct lc_vm_threads lc_vm_stacks_above(const struct lc_vm_region *regions, size_t count, size_t index,
                                        const struct lc_vm_hints *h)
{
    if (index + 1 == count || !lc_vm_region_touches(&regions[index], &regions[index + 1]))
        return (struct lc_vm_threads){0};
    return lc_vm_stacks_in(regions, index + 1, h);
}
