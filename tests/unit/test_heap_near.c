#include "record/heap_near.h"

#include "../intern.h"
#include "record/heap.h"
#include "record/modules.h"
#include "record/track.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* Addresses are only keys here. */
static const uintptr_t base = 0x7f1200000000;

static void put(uintptr_t address, uint64_t size)
{
    uint32_t replaced;
    cr_assert(lc_heap_put(address, intern_site(size), &replaced));
}

static void init(void)
{
    const struct lc_track_settings settings = {.granule = 32};
    lc_modules_init("/some/where");
    lc_track_init(&settings);
    put(base + 0x1010, 100); /* in the middle of a granule */
    put(base + 0x2000, 40);
}

Test(heap_near, the_last_block_that_starts_before_an_address)
{
    struct lc_heap_start s;
    init();
    cr_assert(lc_heap_before(base + 0x1010, 0, &s));
    cr_assert(lc_heap_before(base + 0x1050, 4096, &s));
    cr_assert(eq(ulong, s.range.start, base + 0x1010));
    cr_assert(eq(ulong, s.range.end, base + 0x1010 + 100));
    cr_assert(not(s.is_freed));
    cr_assert(not(lc_heap_before(base + 0x1008, 64, &s))); /* it starts behind */
    cr_assert(not(lc_heap_before(base + 0x1f00, 64, &s))); /* too far */
}

Test(heap_near, the_first_one_behind_it)
{
    struct lc_heap_start s;
    init();
    cr_assert(lc_heap_behind(base + 0x1fe0, 64, &s));
    cr_assert(eq(ulong, s.range.start, base + 0x2000));
    cr_assert(lc_heap_behind(base + 0x1000, 64, &s));
    cr_assert(eq(ulong, s.range.start, base + 0x1010));
    cr_assert(not(lc_heap_behind(base + 0x2000, 4096, &s))); /* not itself */
}

Test(heap_near, a_freed_one_is_told_until_another_starts_there)
{
    struct lc_heap_start s;
    uint32_t site;
    init();
    lc_heap_take(base + 0x2000, &site);
    cr_assert(lc_heap_before(base + 0x2008, 64, &s));
    cr_assert(s.is_freed);
    cr_assert(eq(ulong, s.range.end, base + 0x2000 + 40));
    put(base + 0x2000, 24);
    cr_assert(lc_heap_before(base + 0x2008, 64, &s));
    cr_assert(not(s.is_freed));
    cr_assert(eq(ulong, s.range.end, base + 0x2000 + 24));
}

Test(heap_near, where_no_heap_ever_was_there_is_nothing)
{
    struct lc_heap_start s;
    init();
    cr_assert(not(lc_heap_before(0x10, 4096, &s)));
    cr_assert(not(lc_heap_behind(0x10, 4096, &s)));
    cr_assert(not(lc_heap_before(UINTPTR_MAX, 4096, &s)));
    cr_assert(not(lc_heap_behind(UINTPTR_MAX, 4096, &s)));
}
