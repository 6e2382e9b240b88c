#include "base/table.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/resource.h>

enum { COUNT = 100000 };

static struct lc_table t;

static uint64_t add(uint64_t number)
{
    return lc_table_add(&t, lc_hash_name(number), number + 1, "test");
}

static uint64_t find(uint64_t number)
{
    return lc_table_find(&t, lc_hash_name(number));
}

Test(table, starts_empty)
{
    cr_assert(eq(u64, find(1), 0));
}

Test(table, the_first_value_of_a_name_stays)
{
    cr_assert(eq(u64, add(7), 8));
    cr_assert(eq(u64, lc_table_add(&t, lc_hash_name(7), 99, "test"), 8));
    cr_assert(eq(u64, find(7), 8));
    cr_assert(eq(u64, find(8), 0)); /* control */
}

Test(table, nothing_is_lost_while_it_grows)
{
    for (uint64_t i = 0; i < COUNT; i++) {
        cr_assert(eq(u64, add(i), i + 1));
        cr_assert(eq(u64, find(i / 2), i / 2 + 1));
    }
    for (uint64_t i = 0; i < COUNT; i++)
        cr_assert(eq(u64, find(i), i + 1));
    cr_assert(eq(u64, find(COUNT), 0));
    cr_assert(eq(u64, t.slots->used, COUNT));
}

/* Linear probing: all want the same place. */
Test(table, names_that_collide_stay_apart)
{
    for (uint64_t i = 1; i < 90; i++)
        cr_assert(eq(u64, lc_table_add(&t, i << 32, i, "test"), i));
    for (uint64_t i = 1; i < 90; i++)
        cr_assert(eq(u64, lc_table_find(&t, i << 32), i));
}

static bool is_even(uint64_t value)
{
    return value % 2 == 0;
}

Test(table, a_filter_forgets_what_it_says_no_to)
{
    for (uint64_t i = 0; i < 1000; i++)
        add(i);
    lc_table_filter(&t, is_even);
    for (uint64_t i = 0; i < 1000; i++)
        cr_assert(eq(u64, find(i), is_even(i + 1) ? i + 1 : 0));
    cr_assert(eq(u64, add(0), 1)); /* and can be added again */
    cr_assert(eq(u64, find(0), 1));
}

/* As a thread that stopped there, or a fork, leaves it: what has not moved yet is in the previous slots. */
Test(table, a_change_that_was_interrupted_is_finished_by_others)
{
    for (uint64_t i = 0; i < 50; i++)
        add(i);
    struct lc_table other = {0};
    lc_table_add(&other, lc_hash_name(1000), 1001, "test");
    other.slots->previous = t.slots;
    cr_assert(eq(u64, lc_table_find(&other, lc_hash_name(3)), 4));
    cr_assert(eq(u64, lc_table_find(&other, lc_hash_name(50)), 0)); /* control */
    cr_assert(eq(u64, lc_table_add(&other, lc_hash_name(5), 99, "test"), 6));
    for (uint64_t i = 50; i < 1000; i++)
        lc_table_add(&other, lc_hash_name(i), i + 1, "test");
    cr_assert(eq(ptr, other.slots->previous, NULL));
    for (uint64_t i = 0; i <= 1000; i++)
        cr_assert(eq(u64, lc_table_find(&other, lc_hash_name(i)), i + 1));
}

Test(table, want_of_memory_is_told_and_what_is_there_stays)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    add(7);
    setrlimit(RLIMIT_AS, &little);
    uint64_t count = 8;
    while (add(count))
        count++;
    cr_assert(eq(u64, count - 7, 128)); /* the first slots are full to the last */
    for (uint64_t i = 7; i < count; i++)
        cr_assert(eq(u64, find(i), i + 1));
}
