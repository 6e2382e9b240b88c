/* A table of names, against an array of what is in. */
#include "base/table.h"

#include "base/hash.h"
#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { SEEDS = 30, STEPS = 20000, NAMES = 3000 };

static struct lc_table table;
static uint64_t seed, mask;

/* Different for different numbers: what the mask leaves of a random word, and the number itself. */
static uint64_t name_of(uint64_t number)
{
    return (lc_hash_mix(seed, number) & mask) ^ (number + 1) << 20;
}

static bool is_odd(uint64_t value)
{
    return value % 2;
}

static void filter(uint64_t value_of[], uint64_t count)
{
    lc_table_filter(&table, is_odd);
    for (uint64_t i = 0; i < count; i++)
        if (!is_odd(value_of[i]))
            value_of[i] = 0;
}

Test(prop_tables, a_value_is_found_exactly_when_it_is_in)
{
    static uint64_t value_of[NAMES]; /* 0: it is not in */
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        table = (struct lc_table){0};
        memset(value_of, 0, sizeof value_of);
        /* All bits; or few of the low half, of the high half, of both: many share a place. */
        static const uint64_t masks[] = {UINT64_MAX, 0xffffffff000000ff, 0x0000000fffffffff, 0x000000ff000000ff};
        mask = masks[seed % 4];
        const uint64_t count = 1 + random_below(NAMES);
        for (int i = 0; i < STEPS; i++) {
            const uint64_t number = random_below(count), fresh = 1 + random_below(1000);
            cr_assert(eq(u64, lc_table_find(&table, name_of(number)), value_of[number]), "seed %lu, step %d", seed, i);
            if (random_below(2)) {
                value_of[number] = value_of[number] ? value_of[number] : fresh;
                cr_assert(eq(u64, lc_table_add(&table, name_of(number), fresh, "test"), value_of[number]));
            }
            if (random_below(5000) == 0)
                filter(value_of, count);
        }
    }
}
