/* A block of no bytes has an address all the same. */
#include "leaks.h"

// expect: definite 0/1
CASE(dropped)
{
    block(0, NULL);
}

// expect: reachable 0/1
CASE(held_by_start)
{
    held = block(0, NULL);
}

// expect: definite 0/1
// differs: possible 0/1: one past no bytes is a tag of 1, too
CASE(one_past)
{
    held = (char *)block(0, NULL) + 1;
}

// expect: definite 0/2
CASE(calloc_of_none)
{
    use(calloc(0, 8));
    use(calloc(8, 0));
}

// expect: definite 16/1, indirect 0/1
CASE(child)
{
    block(16, block(0, NULL));
}
