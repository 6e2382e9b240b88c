/* A block that several hold belongs to the one that holds it best. */
#include "leaks.h"

// expect: definite 16/1, possible 140/2
CASE(lost_and_possible)
{
    void *child = block(40, NULL);
    block(16, child);
    held = (char *)block(100, child) + 50;
}

// expect: reachable 56/2, possible 100/1
CASE(possible_and_reachable)
{
    void *child = block(40, NULL);
    held = (char *)block(100, child) + 50;
    held_too = block(16, child);
}

// expect: possible 40/1, definite 16/1
CASE(lost_by_start_root_by_inside)
{
    void *child = block(40, NULL);
    block(16, child);
    held = (char *)child + 8;
}

// expect: reachable 56/2
CASE(inside_by_block_start_by_root)
{
    char *child = (char *)block(40, NULL);
    held = block(16, child + 8);
    held_too = child;
}

// A possibly lost cycle.
// expect: possible 140/2
CASE(possible_cycle)
{
    void **a = (void **)block(40, NULL);
    *a = block(100, a);
    held = (char *)a + 16;
}
