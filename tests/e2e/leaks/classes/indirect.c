/* A block that only lost blocks point to is indirectly lost. */
#include "leaks.h"

// expect: definite 16/1, indirect 40/1
CASE(child)
{
    block(16, block(40, NULL));
}

// expect: definite 16/1, indirect 90/2
CASE(grandchild)
{
    block(16, block(40, block(50, NULL)));
}

// expect: reachable 106/3
CASE(held_chain)
{
    held = block(16, block(40, block(50, NULL)));
}

// expect: nothing
CASE(freed)
{
    void *child = block(40, NULL);
    void *parent = block(16, child);
    free(parent);
    free(child);
}

// expect: definite 40/1
CASE(parent_freed)
{
    free(block(16, block(40, NULL)));
}
