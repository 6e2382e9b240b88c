#include "base/sort.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return (x > y) - (x < y);
}

static int by_first_byte(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

Test(sort, nothing_and_one_item_stay)
{
    int one[] = {7, 3};
    lc_sort(one, 0, sizeof one[0], by_value);
    lc_sort(one, 1, sizeof one[0], by_value);
    cr_assert(eq(int, one[0], 7));
    lc_sort(one, 2, sizeof one[0], by_value); /* control */
    cr_assert(eq(int, one[0], 3));
}

Test(sort, items_move_as_a_whole)
{
    char words[][3] = {"cC", "aA", "bB"};
    lc_sort(words, 3, 3, by_first_byte);
    cr_assert(eq(int, memcmp(words, "aA\0bB\0cC", 9), 0));
}
