#include "record/site.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct lc_site_cache cache, other_cache;

static uint32_t intern_with(struct lc_site_cache *c, uint64_t size, uint32_t stack, enum lc_function f)
{
    const struct lc_site_key key = {size, stack, f};
    const uint64_t name = lc_site_name(lc_hash_name(stack), size, f);
    const uint32_t known = lc_site_find(c, name);
    return known != LC_SITE_NONE ? known : lc_site_add(name, &key);
}

static uint32_t intern(uint64_t size, uint32_t stack, enum lc_function f)
{
    return intern_with(&cache, size, stack, f);
}

Test(site, a_number_leads_back_to_its_key)
{
    struct lc_site_key key = lc_site_get(intern((uint64_t)1 << 40, UINT32_MAX, LC_FN_CALLOC));
    cr_assert(eq(u64, key.size, (uint64_t)1 << 40));
    cr_assert(eq(u32, key.stack, UINT32_MAX));
    cr_assert(eq(u32, key.function, LC_FN_CALLOC));
}

Test(site, a_number_tells_the_family)
{
    for (int f = 0; f < LC_FN_COUNT; f++)
        cr_assert(eq(int, lc_site_family(intern(10, 20, (enum lc_function)f)), lc_function_family((enum lc_function)f)));
}

Test(site, a_name_is_looked_up_without_a_cache_too)
{
    const uint64_t name = lc_site_name(lc_hash_name(20), 10, LC_FN_MALLOC);
    cr_assert(eq(u32, lc_site_look_up(name), LC_SITE_NONE));
    const uint32_t id = intern(10, 20, LC_FN_MALLOC);
    cr_assert(eq(u32, lc_site_look_up(name), id));
}

Test(site, equal_keys_are_one_with_any_cache)
{
    uint32_t id = intern(10, 20, LC_FN_MALLOC);
    cr_assert(eq(u32, intern(10, 20, LC_FN_MALLOC), id));
    cr_assert(eq(u32, intern_with(&other_cache, 10, 20, LC_FN_MALLOC), id));
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

Test(site, a_cache_forgets_when_sites_begin_anew)
{
    const uint64_t name = lc_site_name(lc_hash_name(20), 10, LC_FN_MALLOC);
    const uint32_t id = intern(10, 20, LC_FN_MALLOC);
    cr_assert(eq(u32, lc_site_find(&cache, name), id));
    cr_assert(eq(u32, lc_site_begin_anew(), 1));
    cr_assert(eq(u32, lc_site_find(&cache, name), LC_SITE_NONE));
    cr_assert(ne(u32, intern(10, 20, LC_FN_MALLOC), id));
}
