#include "record/site.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct lc_site_cache cache, other_cache;

static uint32_t intern(uint64_t size, uint32_t stack, enum lc_function f)
{
    return lc_site_intern(&cache, (struct lc_site_key){size, stack, f});
}

Test(site, a_number_leads_back_to_its_key)
{
    struct lc_site_key key = lc_site_get(intern((uint64_t)1 << 40, UINT32_MAX, LC_FN_CALLOC));
    cr_assert(eq(u64, key.size, (uint64_t)1 << 40));
    cr_assert(eq(u32, key.stack, UINT32_MAX));
    cr_assert(eq(u32, key.function, LC_FN_CALLOC));
}

Test(site, equal_keys_are_one_with_any_cache)
{
    uint32_t id = intern(10, 20, LC_FN_MALLOC);
    cr_assert(eq(u32, intern(10, 20, LC_FN_MALLOC), id));
    cr_assert(eq(u32, lc_site_intern(&other_cache, (struct lc_site_key){10, 20, LC_FN_MALLOC}), id));
    cr_assert(eq(u32, lc_site_count(), 1));
}

Test(site, each_part_tells_keys_apart)
{
    uint32_t id = intern(10, 20, LC_FN_MALLOC);
    cr_assert(ne(u32, intern(11, 20, LC_FN_MALLOC), id));
    cr_assert(ne(u32, intern(10, 21, LC_FN_MALLOC), id));
    cr_assert(ne(u32, intern(10, 20, LC_FN_CALLOC), id));
    cr_assert(eq(u32, lc_site_count(), 4));
}

Test(site, many_keys_stay_apart)
{
    enum { PARTS = 38, COUNT = PARTS * PARTS * PARTS }; /* far more than a cache holds */
    static uint32_t ids[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        ids[i] = intern(i / PARTS % PARTS, i / PARTS / PARTS, (enum lc_function)(i % PARTS));
    cr_assert(eq(u32, lc_site_count(), COUNT));
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert(eq(u32, intern(i / PARTS % PARTS, i / PARTS / PARTS, (enum lc_function)(i % PARTS)), ids[i]));
}
