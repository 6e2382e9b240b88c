/* Blocks big enough that malloc maps them for themselves. */
#include "leaks.h"

// expect: definite 1000000/1
CASE(dropped)
{
    block(1000000, NULL);
}

// expect: reachable 1000000/1
CASE(kept)
{
    held = block(1000000, NULL);
}

// expect: possible 1000000/1
CASE(inside)
{
    held = (char *)block(1000000, NULL) + 999999;
}

// The slack between the block's end and the end of its pages.
// expect: definite 1000000/1
CASE(end)
{
    held = (char *)block(1000000, NULL) + 1000000;
}

// expect: definite 1000000/1, indirect 24/1
CASE(child)
{
    void **p = (void **)block(1000000, NULL);
    p[124999] = block(24, NULL);
    use(p);
}
