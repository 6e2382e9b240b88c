/* Our sort, against qsort, over items of every size. */
#include "base/sort.h"

#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS = 1000, BYTES = 4000 };

static size_t item_size;
static unsigned char ours[BYTES], theirs[BYTES];

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, item_size);
}

Test(prop_sort, sorts_as_qsort_does)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        item_size = 1 + random_below(40);
        size_t count = random_below(BYTES / item_size + 1);
        uint64_t values = 1 + random_below(256);
        for (size_t i = 0; i < BYTES; i++)
            ours[i] = theirs[i] = (unsigned char)random_below(values);
        lc_sort(ours, count, item_size, compare);
        qsort(theirs, count, item_size, compare);
        cr_assert(eq(int, memcmp(ours, theirs, BYTES), 0), "seed %lu", seed); /* and nothing past the end */
    }
}
