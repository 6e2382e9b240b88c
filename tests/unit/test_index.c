#include "base/index.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/resource.h>

static struct lc_index x;
static uint64_t (*hash_of)(uint32_t id);

static uint64_t good_hash(uint32_t id)
{
    return lc_hash_mix(id, 1);
}

/* 8 hashes for everything. */
static uint64_t bad_hash(uint32_t id)
{
    return (uint64_t)(id % 8) << 32 | id % 8;
}

static bool add(uint32_t id)
{
    return lc_index_add(&x, hash_of(id), id, hash_of);
}

static unsigned times_found(uint32_t id)
{
    struct lc_index_cursor c = lc_index_find(&x, hash_of(id));
    unsigned times = 0;
    for (uint32_t found; (found = lc_index_next(&c)) != LC_INDEX_END;)
        times += found == id;
    return times;
}

Test(index, an_empty_one_finds_nothing)
{
    hash_of = good_hash;
    cr_assert(eq(u32, times_found(0), 0));
}

Test(index, finds_what_was_added_once_and_nothing_else)
{
    hash_of = good_hash;
    for (uint32_t id = 0; id < 200000; id += 2)
        cr_assert(add(id));
    for (uint32_t id = 0; id < 200000; id++)
        cr_assert(eq(uint, times_found(id), id % 2 == 0), "%u", id);
}

Test(index, finds_all_that_share_a_hash)
{
    hash_of = bad_hash;
    for (uint32_t id = 0; id < 2000; id++)
        cr_assert(add(id));
    for (uint32_t id = 0; id < 2000; id++)
        cr_assert(eq(uint, times_found(id), 1), "%u", id);
    cr_assert(eq(uint, times_found(2000), 0));
}

Test(index, a_walk_survives_growth)
{
    hash_of = good_hash;
    add(0);
    struct lc_index_cursor c = lc_index_find(&x, hash_of(0));
    for (uint32_t id = 1; id < 10000; id++)
        add(id);
    cr_assert(eq(u32, lc_index_next(&c), 0));
}

Test(index, without_memory_it_fills_up_and_then_says_so)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    hash_of = good_hash;
    add(0);
    setrlimit(RLIMIT_AS, &little);
    uint32_t count = 1;
    while (add(count))
        count++;
    cr_assert(eq(u32, count, x.table->mask)); /* one place stays empty: walks end there */
    cr_assert(eq(uint, times_found(count - 1), 1));
    cr_assert(eq(uint, times_found(count), 0));
}

Test(index, without_any_memory_nothing_is_added)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    hash_of = good_hash;
    setrlimit(RLIMIT_AS, &little);
    cr_assert(not(add(0)));
    cr_assert(eq(uint, times_found(0), 0));
}
