#include "scan/heuristics.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static uint64_t block[32];
static uint64_t table[4], code[4];
static const struct lc_vm_region regions[] = {
    {.range = {(uintptr_t)code, (uintptr_t)(code + 4)}, .permissions = "r-xp", .name = "/lib"},
    {.range = {(uintptr_t)table, (uintptr_t)(table + 4)}, .permissions = "r--p", .name = "/lib"},
};
static struct lc_segments segments;

static void init(void)
{
    static struct lc_vm_region sorted[2];
    bool is_sorted = regions[0].range.start < regions[1].range.start;
    sorted[!is_sorted] = regions[0];
    sorted[is_sorted] = regions[1];
    segments = (struct lc_segments){sorted, 2};
    table[1] = (uintptr_t)&code[0];
    table[2] = (uintptr_t)&code[1];
}

TestSuite(scan_heuristics, .init = init);

static enum lc_heuristic find(unsigned set, size_t size, size_t word)
{
    struct lc_range r = {(uintptr_t)block, (uintptr_t)block + size};
    return lc_heuristics_find(set, &segments, r, (uintptr_t)&block[word]);
}

Test(scan_heuristics, a_string_of_the_old_abi)
{
    block[0] = 3, block[1] = 10;
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 24 + 11, 3), LC_HEURISTIC_STDSTRING));
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 24 + 12, 3), LC_HEURISTIC_NONE));
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 24 + 11, 2), LC_HEURISTIC_NONE));
    cr_assert(eq(int, find(~1u, 24 + 11, 3), LC_HEURISTIC_NONE));
    block[0] = 11;
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 24 + 11, 3), LC_HEURISTIC_NONE));
}

Test(scan_heuristics, the_size_of_the_rest_before_it)
{
    block[0] = 40;
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 48, 1), LC_HEURISTIC_LENGTH64));
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 56, 1), LC_HEURISTIC_NONE));
}

Test(scan_heuristics, an_array_with_its_count)
{
    block[0] = 5;
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 8 + 60, 1), LC_HEURISTIC_NEWARRAY));
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 8 + 61, 1), LC_HEURISTIC_NONE));
    block[0] = 0;
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 8 + 60, 1), LC_HEURISTIC_NONE));
}

Test(scan_heuristics, a_base_class_that_is_not_the_first)
{
    block[0] = (uintptr_t)table, block[2] = (uintptr_t)(table + 1);
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 40, 2), LC_HEURISTIC_MULTIPLEINHERITANCE));
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 20, 2), LC_HEURISTIC_NONE)); /* the word is not in the block */
    table[2] = 5;                                                         /* no code */
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 40, 2), LC_HEURISTIC_NONE));
    table[2] = 0; /* one function is not enough */
    cr_assert(eq(int, find(LC_HEURISTICS_ALL, 40, 2), LC_HEURISTIC_NONE));
}
