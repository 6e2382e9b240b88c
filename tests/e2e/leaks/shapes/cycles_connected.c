/* Cycles that lead to cycles: only those without a way in have a leader. */
#include "leaks.h"

static void **pair(void)
{
    void **a = (void **)block(16, NULL), **b = (void **)block(16, a);
    *a = b;
    return a;
}

// expect: definite 16/1, indirect 48/3
CASE(old_to_young)
{
    void **a = pair(), **b = pair();
    a[1] = b;
}

// expect: definite 16/1, indirect 48/3
CASE(young_to_old)
{
    void **a = pair(), **b = pair();
    b[1] = a;
}

// Both ways: one cycle.
// expect: definite 16/1, indirect 48/3
CASE(both_ways)
{
    void **a = pair(), **b = pair();
    a[1] = b;
    b[1] = a;
}

// expect: definite 32/2, indirect 64/4
CASE(two_to_one)
{
    void **a = pair(), **b = pair(), **c = pair();
    a[1] = b[1] = c;
}

// expect: definite 16/1, indirect 80/5
CASE(row_of_three)
{
    void **a = pair(), **b = pair(), **c = pair();
    b[1] = a;
    c[1] = b;
}

// expect: definite 16/1, indirect 16/1, reachable 32/2
CASE(to_a_kept_one)
{
    void **a = pair(), **b = pair();
    a[1] = b;
    held = b;
}
