/* A block that only pointers into its inside lead to is possibly lost. */
#include "leaks.h"

// expect: possible 100/1
CASE(inside)
{
    held = (char *)block(100, NULL) + 50;
}

// expect: reachable 100/1
CASE(inside_and_start)
{
    held = (char *)block(100, NULL) + 50;
    held_too = (char *)held - 50;
}

// expect: possible 140/2
CASE(child)
{
    held = (char *)block(100, block(40, NULL)) + 50;
}

// expect: reachable 16/1, possible 100/1
CASE(from_block)
{
    held = block(16, (char *)block(100, NULL) + 50);
}
