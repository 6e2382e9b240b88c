#include "../intern.h"
#include "scan/blocks.h"

#include "scan/trail.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct lc_blocks b;

static void put(uintptr_t address, uint64_t size)
{
    uint32_t replaced, site = intern_site(size);
    cr_assert(lc_heap_put(address, site, &replaced));
}

static void init(void)
{
    lc_heap_init(32);
}

TestSuite(scan_blocks, .init = init);

#define HEAP ((uintptr_t)0x7f1200000000)

Test(scan_blocks, are_found_by_every_address_in_them_and_by_no_other)
{
    put(HEAP, 24);
    put(HEAP + 48, 100); /* in the middle of a granule */
    cr_assert(eq(int, lc_blocks_init(&b, NULL, 0), 0));
    cr_assert(eq(u64, b.count, 2));
    for (uintptr_t a = HEAP - 64; a < HEAP + 256; a++) {
        lc_block_ref want = a >= HEAP && a < HEAP + 24 ? HEAP : a >= HEAP + 48 && a < HEAP + 148 ? HEAP + 48 : LC_BLOCK_NONE;
        cr_assert(eq(u64, lc_blocks_find(&b, a), want), "at %+ld", (long)(a - HEAP));
    }
}

Test(scan_blocks, without_bytes_have_one)
{
    put(HEAP, 0);
    lc_blocks_init(&b, NULL, 0);
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP), HEAP));
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP + 1), LC_BLOCK_NONE));
}

Test(scan_blocks, that_are_large_are_found_from_far_away_and_over_regions)
{
    uintptr_t small = HEAP + ((uintptr_t)3 << 30) + 4096;
    put(HEAP + 16, (uint64_t)3 << 30);
    put(small, 8);
    lc_blocks_init(&b, NULL, 0);
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP + 16 + 5000), HEAP + 16));
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP + ((uintptr_t)3 << 30)), HEAP + 16));
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP + 16 + ((uintptr_t)3 << 30)), LC_BLOCK_NONE));
    cr_assert(eq(u64, lc_blocks_find(&b, small + 7), small));
}

Test(scan_blocks, at_the_end_of_a_region_reach_into_the_next)
{
    uintptr_t start = HEAP + LC_BLOCKS_REGION_SIZE - 64;
    put(start, 1000);
    put(start + 2000, 8);
    lc_blocks_init(&b, NULL, 0);
    cr_assert(eq(u64, lc_blocks_find(&b, start + 999), start));
    cr_assert(eq(u64, lc_blocks_find(&b, start + 1000), LC_BLOCK_NONE));
}

Test(scan_blocks, in_no_slot_and_mappings_are_extras)
{
    const struct lc_extra mapping = {
        .range = {HEAP + 0x100000, HEAP + 0x102000}, .site = LC_SITE_NONE, .mark = LC_MARK_LIVE};
    put(HEAP + 8, 16); /* not aligned to 16 */
    lc_blocks_init(&b, &mapping, 1);
    lc_block_ref block = lc_blocks_find(&b, HEAP + 10), map = lc_blocks_find(&b, HEAP + 0x101000);
    cr_assert(ne(u64, block & LC_EXTRA_BIT, 0));
    cr_assert(eq(uptr, lc_blocks_range(&b, block).start, HEAP + 8));
    cr_assert(eq(u32, lc_blocks_site(&b, map), LC_SITE_NONE));
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP + 0x102000), LC_BLOCK_NONE));
}

static void count(void *context, lc_block_ref ref, uint8_t *mark)
{
    (void)ref, (void)mark;
    ++*(size_t *)context;
}

Test(scan_blocks, that_were_freed_are_none)
{
    uint32_t site;
    size_t all = 0;
    put(HEAP, 24);
    put(HEAP + 32, 24);
    lc_heap_take(HEAP, &site);
    lc_blocks_init(&b, NULL, 0);
    lc_blocks_each(&b, count, &all);
    cr_assert(eq(sz, all, 1));
    cr_assert(eq(u64, lc_blocks_find(&b, HEAP), LC_BLOCK_NONE));
}

Test(scan_blocks, keep_the_word_that_led_to_them_and_rather_one_to_their_start)
{
    struct lc_trail t;
    put(HEAP, 24);
    lc_blocks_init(&b, NULL, 0);
    cr_assert(eq(int, lc_trail_init(&t, &b), 0));
    cr_assert(eq(uptr, lc_trail_get(&t, HEAP), 0));
    lc_trail_note(&t, HEAP, 100, false);
    lc_trail_note(&t, HEAP, 200, false);
    cr_assert(eq(uptr, lc_trail_get(&t, HEAP), 100));
    lc_trail_note(&t, HEAP, 300, true);
    cr_assert(eq(uptr, lc_trail_get(&t, HEAP), 300));
    lc_trail_release(&t);
    lc_blocks_release(&b);
}

/* Its neighbours on both sides, and a small and a large block that reach into the region of the gap. */
Test(scan_blocks, a_gap_has_no_block_and_no_tagged_pointer_to_one)
{
    const uintptr_t next = HEAP + LC_BLOCKS_REGION_SIZE;
    put(next - 64, 2000);
    struct lc_extra mappings[] = {
        {.range = {next + (1 << 20), next + (2 << 20)}, .site = LC_SITE_NONE},
        {.range = {next + (4 << 20), next + (5 << 20)}, .site = LC_SITE_NONE},
    };
    cr_assert(eq(int, lc_blocks_init(&b, mappings, LC_ARRAY_LEN(mappings)), 0));
    const struct lc_range gap = lc_blocks_gap(&b, next + (3 << 20));
    cr_assert(eq(u64, gap.start, next + (2 << 20) + 8));
    cr_assert(eq(u64, gap.end, next + (4 << 20)));
    const struct lc_range before = lc_blocks_gap(&b, next + (512 << 10));
    cr_assert(gt(u64, before.start, next - 64 + 2000));
    cr_assert(eq(u64, before.end, next + (1 << 20)));
    cr_assert(lc_range_is_empty(lc_blocks_gap(&b, next + 3000)), "near the end of a block");
    cr_assert(lc_range_is_empty(lc_blocks_gap(&b, HEAP + 64)), "of a region that has blocks");
    cr_assert(eq(u64, lc_blocks_gap(&b, next + LC_BLOCKS_REGION_SIZE * 3 / 2).end, next + 2 * LC_BLOCKS_REGION_SIZE));
}

Test(scan_blocks, a_gap_begins_behind_a_large_block)
{
    const uint64_t size = LC_BLOCKS_REGION_SIZE + (1 << 20);
    put(HEAP, size);
    cr_assert(eq(int, lc_blocks_init(&b, NULL, 0), 0));
    const struct lc_range gap = lc_blocks_gap(&b, HEAP + size + (1 << 20));
    cr_assert(eq(u64, gap.start, HEAP + size + 8));
    cr_assert(lc_range_is_empty(lc_blocks_gap(&b, HEAP + size + 3)));
}
