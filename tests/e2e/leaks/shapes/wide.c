/* One block that holds 10,000 others. */
#include "leaks.h"

static void **rows(void)
{
    void **p = (void **)block(80000, NULL);
    for (int i = 0; i < 10000; i++)
        p[i] = block(24, NULL);
    return p;
}

// expect: definite 80000/1, indirect 240000/10000
CASE(dropped)
{
    rows();
}

// expect: reachable 320000/10001
CASE(kept)
{
    held = rows();
}

// expect: definite 240000/10000
CASE(only_table_freed)
{
    free(rows());
}
