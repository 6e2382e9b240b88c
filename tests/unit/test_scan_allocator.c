#include "../intern.h"
#include "scan/allocator.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <malloc.h>
#include <string.h>

/* struct malloc_state as glibc lays it out: what is before the bins, the bins, what comes after. */
static uintptr_t data[1000];

static void make_arena(size_t at)
{
    for (size_t bin = 0; bin < 254; bin += 2) {
        uintptr_t *words = &data[at + 14 + bin];
        words[0] = words[1] = (uintptr_t)words - 16;
    }
}

static struct lc_range all(void)
{
    return (struct lc_range){(uintptr_t)data, (uintptr_t)(data + 1000)};
}

Test(scan_allocator, finds_the_main_arena_by_its_empty_bins)
{
    make_arena(100);
    struct lc_range arena = lc_allocator_main_arena(all());
    cr_assert(eq(uptr, arena.start, (uintptr_t)&data[100]));
    cr_assert(eq(uptr, arena.end, (uintptr_t)&data[100 + 14 + 254 + 7]));
}

Test(scan_allocator, finds_it_when_half_of_the_bins_are_full)
{
    make_arena(100);
    for (size_t bin = 0; bin < 120; bin += 2)
        data[100 + 14 + bin] = data[0] + 1;
    cr_assert(eq(uptr, lc_allocator_main_arena(all()).start, (uintptr_t)&data[100]));
}

Test(scan_allocator, finds_none_where_none_is)
{
    cr_assert(lc_range_is_empty(lc_allocator_main_arena(all())));
    data[500] = data[501] = (uintptr_t)&data[500] - 16; /* a list that is empty, too */
    cr_assert(lc_range_is_empty(lc_allocator_main_arena(all())));
}

Test(scan_allocator, a_block_with_its_own_mapping_has_all_of_it)
{
    static struct lc_areas a;
    struct lc_blocks b;
    struct lc_residency r;
    uint32_t replaced;
    char *p = malloc(1 << 20);
    memset(p, 1, 1 << 20);
    lc_heap_init(32);
    lc_heap_put((uintptr_t)p, intern_site(1 << 20), &replaced);
    lc_blocks_init(&b, NULL, 0);
    lc_residency_init(&r, 0);
    const struct lc_vm_region region = {
        .range = {lc_align_down((uintptr_t)p, LC_PAGE_SIZE), lc_align_up((uintptr_t)p + (1 << 20), LC_PAGE_SIZE)},
        .permissions = "rw-p", .name = ""};
    lc_residency_add(&r, &region, NULL);
    lc_allocator_find(&a, &region, 1, &b, &r);
    cr_assert(eq(sz, a.lists[LC_AREA_ALLOCATOR].count, 1));
    struct lc_range found = a.lists[LC_AREA_ALLOCATOR].at[0].range;
    cr_assert(eq(uptr, found.start, (uintptr_t)p - 16));
    cr_assert(ge(uptr, found.end, (uintptr_t)p + (1 << 20)));
}
