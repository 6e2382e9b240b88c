/* A block that a root points to, or a chain of blocks from one, is still reachable. */
#include "leaks.h"

// expect: reachable 24/1
CASE(direct)
{
    held = block(24, NULL);
}

// expect: reachable 64/2
CASE(by_block)
{
    held = block(24, block(40, NULL));
}

// expect: reachable 24/1
CASE(twice)
{
    held = held_too = block(24, NULL);
}
