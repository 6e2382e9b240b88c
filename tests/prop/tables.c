/* A vector and an index over it, against an array of what is in. */
#include "base/index.h"
#include "base/vec.h"

#include "base/hash.h"
#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { SEEDS = 30, STEPS = 20000, VALUES = 10000 };

static struct lc_vec values;
static struct lc_index table;
static uint64_t seed, hash_mask;

static uint64_t hash(uint64_t value)
{
    return lc_hash_mix(seed, value) & hash_mask;
}

static uint64_t hash_of(uint32_t id)
{
    return hash(*(const uint64_t *)lc_vec_at(&values, id));
}

static uint32_t find(uint64_t value)
{
    struct lc_index_cursor c = lc_index_find(&table, hash(value));
    uint32_t id;
    while ((id = lc_index_next(&c)) != LC_INDEX_END)
        if (*(const uint64_t *)lc_vec_at(&values, id) == value)
            return id;
    return LC_INDEX_END;
}

static uint32_t add(uint64_t value)
{
    uint32_t id = lc_vec_push(&values, &value, "test");
    cr_assert(lc_index_add(&table, hash(value), id, hash_of));
    return id;
}

Test(prop_tables, a_value_is_found_exactly_when_it_is_in)
{
    static uint32_t id_of[VALUES]; /* LC_INDEX_END: it is not in */
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        values = (struct lc_vec)LC_VEC_OF(uint64_t);
        table = (struct lc_index){0};
        memset(id_of, 0xff, sizeof id_of);
        /* All bits; or few of the low half, of the high half, of both: many share places, tags, or all. */
        static const uint64_t masks[] = {UINT64_MAX, 0xffffffff000000ff, 0x0000000fffffffff, 0x000000ff000000ff};
        hash_mask = masks[seed % 4];
        uint64_t count = 1 + random_below(VALUES);
        for (int i = 0; i < STEPS; i++) {
            uint64_t value = random_below(count);
            cr_assert(eq(u32, find(value), id_of[value]), "seed %lu, step %d", seed, i);
            if (id_of[value] == LC_INDEX_END && random_below(2))
                id_of[value] = add(value);
        }
    }
}
