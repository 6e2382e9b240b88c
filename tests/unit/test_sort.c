#include "base/sort.h"

#include "base/compiler.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
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

Test(sort, sorts_as_qsort_does)
{
    static int ours[3000], theirs[3000];
    srandom(1);
    for (size_t count = 0; count < LC_ARRAY_LEN(ours); count += count / 3 + 1)
        for (long values = 2; values < 100000; values *= 7) {
            for (size_t i = 0; i < count; i++)
                ours[i] = theirs[i] = (int)(random() % values - values / 2);
            lc_sort(ours, count, sizeof ours[0], by_value);
            qsort(theirs, count, sizeof theirs[0], by_value);
            cr_assert(eq(int, memcmp(ours, theirs, count * sizeof ours[0]), 0), "%zu items", count);
        }
}
