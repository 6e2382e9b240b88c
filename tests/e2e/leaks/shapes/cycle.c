/* Cycles: nothing outside points to them. One block leads, the others hang from it. */
#include "leaks.h"

static void **ring(int n)
{
    void **first = (void **)block(16, NULL), **last = first;
    while (--n > 0)
        last = (void **)(*last = block(16, NULL));
    *last = first;
    use(first);
    return first;
}

// expect: definite 16/1
CASE(itself)
{
    ring(1);
}

// expect: definite 16/1, indirect 16/1
CASE(two)
{
    ring(2);
}

// expect: definite 16/1, indirect 1584/99
CASE(hundred)
{
    ring(100);
}

// expect: reachable 1600/100
CASE(kept)
{
    held = ring(100);
}

// expect: possible 1600/100
CASE(by_inside)
{
    held = (char *)ring(100) + 8;
}

// expect: definite 48/3, indirect 48/3
CASE(three_apart)
{
    for (int i = 0; i < 3; i++)
        ring(2);
}

// expect: nothing
CASE(freed)
{
    void **p = ring(2);
    free(*p);
    free(p);
}
