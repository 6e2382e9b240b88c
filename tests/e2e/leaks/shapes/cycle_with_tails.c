/* Cycles with blocks that hang from them, and with blocks that lead to them. */
#include "leaks.h"

static void **pair(void)
{
    void **a = (void **)block(16, NULL), **b = (void **)block(16, a);
    *a = b;
    return a;
}

// expect: definite 16/1, indirect 56/2
CASE(one_tail)
{
    pair()[1] = block(40, NULL);
}

// expect: definite 16/1, indirect 146/4
CASE(two_tails)
{
    void **a = pair(), **b = (void **)*a;
    a[1] = block(40, block(50, NULL));
    b[1] = block(40, NULL);
}

// The block in front is the leader, not one of the cycle.
// expect: definite 40/1, indirect 32/2
CASE(leader_in_front)
{
    block(40, pair());
}

// expect: definite 80/2, indirect 32/2
CASE(two_leaders)
{
    void **a = pair();
    block(40, a);
    block(40, *a);
}

// The leader is older than the cycle.
// expect: definite 40/1, indirect 32/2
CASE(old_leader)
{
    void **leader = (void **)block(40, NULL);
    *leader = pair();
}

// expect: definite 16/1, indirect 16/1, reachable 40/1
CASE(tail_kept)
{
    held = pair()[1] = block(40, NULL);
}
