#include "vm/hints.h"

#include "base/sort.h"

/* The elements of all three arrays begin with the address that they are sorted by. */
static_assert(offsetof(struct lc_own, range.start) == 0, "by_address");
static_assert(offsetof(struct lc_range, start) == 0, "by_address");
static_assert(offsetof(struct lc_vm_thread, pointer) == 0, "by_address");

static int by_address(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}

void lc_vm_hints_sort(struct lc_vm_hints *h)
{
    lc_sort(h->own, h->own_count, sizeof *h->own, by_address);
    lc_sort(h->modules, h->module_count, sizeof *h->modules, by_address);
    lc_sort(h->threads, h->thread_count, sizeof *h->threads, by_address);
}

/* The index of the first element whose address is not below `address`. */
static size_t lower_bound(const void *array, size_t count, size_t size, uintptr_t address)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (*(const uintptr_t *)((const char *)array + middle * size) < address)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

struct lc_range lc_vm_hints_module(const struct lc_vm_hints *h, uintptr_t address)
{
    size_t i = lower_bound(h->modules, h->module_count, sizeof *h->modules, address + 1);
    return i && lc_range_has(h->modules[i - 1], address) ? h->modules[i - 1] : (struct lc_range){0};
}

uintptr_t lc_vm_hints_own_bytes(const struct lc_vm_hints *h, struct lc_range range, const struct lc_own **most)
{
    uintptr_t bytes = 0, most_bytes = 0;
    size_t i = lower_bound(h->own, h->own_count, sizeof *h->own, range.start);
    *most = NULL;
    for (i -= i > 0; i < h->own_count && h->own[i].range.start < range.end; i++) {
        uintptr_t here = lc_range_overlap(h->own[i].range, range);
        if (here > most_bytes) {
            most_bytes = here;
            *most = &h->own[i];
        }
        bytes += here;
    }
    return bytes;
}

bool lc_vm_hints_has_blocks(const struct lc_vm_hints *h, struct lc_range range)
{
    return h->has_blocks && h->has_blocks(h->arg, range);
}

struct lc_vm_threads lc_vm_hints_threads(const struct lc_vm_hints *h, struct lc_range range)
{
    size_t begin = lower_bound(h->threads, h->thread_count, sizeof *h->threads, range.start);
    size_t end = lower_bound(h->threads, h->thread_count, sizeof *h->threads, range.end);
    return end > begin ? (struct lc_vm_threads){h->threads + begin, end - begin} : (struct lc_vm_threads){0};
}
