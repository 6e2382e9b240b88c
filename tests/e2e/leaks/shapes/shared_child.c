/* Blocks with more than one parent are counted once. */
#include "leaks.h"

// expect: definite 32/2, indirect 40/1
CASE(two_lost_parents)
{
    void *child = block(40, NULL);
    block(16, child);
    block(16, child);
}

// expect: definite 16/1, reachable 56/2
CASE(one_parent_kept)
{
    void *child = block(40, NULL);
    block(16, child);
    held = block(16, child);
}

// expect: definite 16/1, indirect 112/3
CASE(diamond)
{
    void *bottom = block(40, NULL);
    void **top = (void **)block(16, block(36, bottom));
    top[1] = block(36, bottom);
}

// expect: definite 16/1, indirect 40/1
CASE(twice_from_one)
{
    void **parent = (void **)block(16, block(40, NULL));
    parent[1] = parent[0];
}

// expect: definite 24/3, indirect 90/3
// leaders: whose the shared children are depends on addresses under valgrind
CASE(parents_and_children_crosswise)
{
    void *a = block(30, NULL), *b = block(30, a), *c = block(30, b);
    block(8, a);
    block(8, b);
    block(8, c);
}
