#include "record/heap.h"

#include "record/site.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sys/resource.h>

/* Addresses are only keys here: nothing is read or written there. */
static const uintptr_t base = 0x7f1200000000;
static uint32_t site;

static uint32_t put(uintptr_t address, uint32_t s)
{
    uint32_t replaced = 12345;
    cr_assert(lc_heap_put(address, s, &replaced));
    return replaced;
}

static enum lc_heap_answer take(uintptr_t address)
{
    site = LC_SITE_NONE;
    return lc_heap_take(address, &site);
}

struct seen {
    unsigned count;
    uintptr_t addresses[8];
    uint32_t sites[8];
};

static void see(void *context, uintptr_t address, uint32_t s)
{
    struct seen *seen = context;
    seen->addresses[seen->count % 8] = address;
    seen->sites[seen->count++ % 8] = s;
}

static struct seen all(void)
{
    struct seen seen = {0};
    lc_heap_each(see, &seen);
    return seen;
}

Test(heap, a_block_is_taken_once_with_its_site)
{
    lc_heap_init(32);
    cr_assert(eq(u32, put(base, 7), LC_SITE_NONE));
    cr_assert(eq(int, take(base), LC_HEAP_TAKEN));
    cr_assert(eq(u32, site, 7));
    cr_assert(eq(int, take(base), LC_HEAP_FREED));
    cr_assert(eq(u32, site, 7)); /* of whom it was */
}

Test(heap, what_was_never_put_is_unknown)
{
    lc_heap_init(32);
    put(base, 7);
    cr_assert(eq(int, take(base + 32), LC_HEAP_UNKNOWN));       /* the next slot */
    cr_assert(eq(int, take(base + 16), LC_HEAP_UNKNOWN));       /* the same slot */
    cr_assert(eq(int, take(base + 1), LC_HEAP_UNKNOWN));        /* no block starts there */
    cr_assert(eq(int, take(0x1234567000), LC_HEAP_UNKNOWN));    /* a region that is not there */
    cr_assert(eq(int, take(UINTPTR_MAX & ~31), LC_HEAP_UNKNOWN));
    cr_assert(eq(int, take(base), LC_HEAP_TAKEN)); /* control */
}

Test(heap, a_block_at_the_same_address_replaces_the_older_one)
{
    lc_heap_init(32);
    put(base, 7);
    cr_assert(eq(u32, put(base, 8), 7));
    cr_assert(eq(uint, all().count, 1));
    take(base);
    cr_assert(eq(u32, put(base, 9), LC_SITE_NONE)); /* control: it was freed */
}

Test(heap, both_halves_of_a_granule_hold_blocks)
{
    lc_heap_init(32);
    put(base, 1);
    put(base + 16, 2);
    cr_assert(eq(uint, all().count, 2));
    cr_assert(eq(int, take(base + 16), LC_HEAP_TAKEN));
    cr_assert(eq(u32, site, 2));
    cr_assert(eq(int, take(base), LC_HEAP_TAKEN));
    cr_assert(eq(u32, site, 1));
}

Test(heap, the_half_is_remembered)
{
    lc_heap_init(32);
    put(base + 16, 3);
    cr_assert(eq(uptr, all().addresses[0], base + 16));
    cr_assert(eq(int, take(base), LC_HEAP_UNKNOWN));
    cr_assert(eq(int, take(base + 16), LC_HEAP_TAKEN));
}

Test(heap, a_block_from_the_side_table_is_replaced_when_its_slot_is_free_again)
{
    lc_heap_init(32);
    put(base, 1);
    put(base + 16, 2);
    take(base);
    cr_assert(eq(u32, put(base + 16, 3), 2));
    cr_assert(eq(uint, all().count, 1));
    cr_assert(eq(u32, all().sites[0], 3));
    cr_assert(eq(u32, put(base + 16, 4), 3));
}

Test(heap, addresses_that_no_slot_can_tell_are_held_all_the_same)
{
    static const uintptr_t odd[] = {0x7f1200000001, 0x7f1200000008, (uintptr_t)1 << 47, 0x00fffffffffffff0, 1};
    lc_heap_init(32);
    for (uint32_t i = 0; i < LC_ARRAY_LEN(odd); i++)
        put(odd[i], i);
    cr_assert(eq(u32, put(odd[0], 0), 0)); /* behind our back */
    cr_assert(eq(uint, all().count, LC_ARRAY_LEN(odd)));
    for (uint32_t i = 0; i < LC_ARRAY_LEN(odd); i++) {
        cr_assert(eq(int, take(odd[i]), LC_HEAP_TAKEN), "%u", i);
        cr_assert(eq(u32, site, i));
        cr_assert(eq(int, take(odd[i]), LC_HEAP_UNKNOWN));
    }
}

Test(heap, small_granules_need_no_side_table)
{
    lc_heap_init(8);
    for (uint32_t i = 0; i < 8; i++)
        put(base + 8 * i, i);
    struct seen seen = all();
    cr_assert(eq(uint, seen.count, 8));
    for (uint32_t i = 0; i < 8; i++) { /* in address order */
        cr_assert(eq(uptr, seen.addresses[i], base + 8 * i));
        cr_assert(eq(u32, seen.sites[i], i));
    }
}

Test(heap, the_last_site_number_fits)
{
    lc_heap_init(32);
    put(base + 16, LC_VEC_MAX - 2);
    cr_assert(eq(u32, all().sites[0], LC_VEC_MAX - 2));
    cr_assert(eq(int, take(base + 16), LC_HEAP_TAKEN));
    cr_assert(eq(u32, site, LC_VEC_MAX - 2));
}

Test(heap, a_range_is_used_while_a_block_starts_in_it)
{
    const struct lc_range page = {base, base + LC_PAGE_SIZE}, next = {base + LC_PAGE_SIZE, base + 2 * LC_PAGE_SIZE};
    const struct lc_range wide = {base - ((uintptr_t)1 << 30), base + ((uintptr_t)1 << 30)};
    lc_heap_init(32);
    cr_assert(not(lc_heap_is_used(wide)));
    put(base + LC_PAGE_SIZE - 16, 1);
    cr_assert(lc_heap_is_used(page));
    cr_assert(lc_heap_is_used(wide));
    cr_assert(not(lc_heap_is_used(next)));
    take(base + LC_PAGE_SIZE - 16);
    cr_assert(not(lc_heap_is_used(page)));
}

Test(heap, the_last_range_of_all_is_not_used, .timeout = 10)
{
    lc_heap_init(32);
    put(base, 1);
    cr_assert(not(lc_heap_is_used((struct lc_range){0xffffffffff600000, 0xffffffffff601000})));
}

Test(heap, want_of_memory_is_told)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    uint32_t replaced;
    setrlimit(RLIMIT_AS, &little);
    cr_assert(eq(int, lc_heap_init(32), -ENOMEM));
    setrlimit(RLIMIT_AS, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    cr_assert(eq(int, lc_heap_init(32), 0));
    put(base, 1);
    setrlimit(RLIMIT_AS, &little);
    cr_assert(lc_heap_put(base + 32, 1, &replaced)); /* its region is there */
    cr_assert(not(lc_heap_put(base + ((uintptr_t)1 << 30), 1, &replaced)));
    cr_assert(eq(int, take(base + ((uintptr_t)1 << 30)), LC_HEAP_UNKNOWN));
}
