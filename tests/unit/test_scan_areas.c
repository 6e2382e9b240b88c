#include "scan/areas.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct lc_areas a;
static struct {
    enum lc_area_kind kind;
    struct lc_range range;
    uint32_t tag;
} pieces[16];
static size_t count;

static void take(void *context, enum lc_area_kind kind, struct lc_range piece, uint32_t tag)
{
    (void)context;
    pieces[count].kind = kind;
    pieces[count].range = piece;
    pieces[count++].tag = tag;
}

static void cut(uintptr_t start, uintptr_t end)
{
    lc_areas_cut(&a, (struct lc_range){start, end}, LC_AREA_OTHER, take, NULL);
}

static void is(size_t i, enum lc_area_kind kind, uintptr_t start, uintptr_t end)
{
    cr_assert(eq(int, pieces[i].kind, kind), "piece %zu", i);
    cr_assert(eq(uptr, pieces[i].range.start, start), "piece %zu", i);
    cr_assert(eq(uptr, pieces[i].range.end, end), "piece %zu", i);
}

Test(scan_areas, what_nobody_has_is_the_rest)
{
    lc_areas_sort(&a);
    cut(10, 20);
    cr_assert(eq(sz, count, 1));
    is(0, LC_AREA_OTHER, 10, 20);
}

Test(scan_areas, a_region_is_cut_in_order)
{
    lc_areas_add(&a, LC_AREA_STACK, (struct lc_range){15, 18}, 7);
    lc_areas_add(&a, LC_AREA_GLOBALS, (struct lc_range){5, 12}, 0);
    lc_areas_sort(&a);
    cut(10, 20);
    cr_assert(eq(sz, count, 4));
    is(0, LC_AREA_GLOBALS, 10, 12);
    is(1, LC_AREA_OTHER, 12, 15);
    is(2, LC_AREA_STACK, 15, 18);
    is(3, LC_AREA_OTHER, 18, 20);
    cr_assert(eq(u32, pieces[2].tag, 7));
}

Test(scan_areas, where_two_overlap_the_first_kind_wins)
{
    lc_areas_add(&a, LC_AREA_GLOBALS, (struct lc_range){10, 20}, 0);
    lc_areas_add(&a, LC_AREA_ALLOCATOR, (struct lc_range){12, 15}, 0);
    lc_areas_sort(&a);
    cut(10, 20);
    cr_assert(eq(sz, count, 3));
    is(0, LC_AREA_GLOBALS, 10, 12);
    is(1, LC_AREA_ALLOCATOR, 12, 15);
    is(2, LC_AREA_GLOBALS, 15, 20);
}

Test(scan_areas, more_than_a_page_of_them)
{
    for (uintptr_t i = 1000; i-- > 0;)
        lc_areas_add(&a, LC_AREA_MAPPING, (struct lc_range){100 * i, 100 * i + 10}, (uint32_t)i);
    lc_areas_sort(&a);
    cut(90005, 90105);
    cr_assert(eq(sz, count, 3));
    is(0, LC_AREA_MAPPING, 90005, 90010);
    is(2, LC_AREA_MAPPING, 90100, 90105);
    cr_assert(eq(u32, pieces[2].tag, 901));
}
