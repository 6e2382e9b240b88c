/* A block that nothing points to is definitely lost. */
#include "leaks.h"

// expect: definite 24/1
CASE(dropped)
{
    block(24, NULL);
}

// expect: definite 24/1, reachable 25/1
CASE(overwritten)
{
    held = block(24, NULL);
    held = block(25, NULL);
}

// expect: definite 30/3
CASE(each_stack_once)
{
    for (int i = 0; i < 3; i++)
        block(10, NULL);
}

// expect: definite 66/3
CASE(three_sizes)
{
    block(11, NULL);
    block(22, NULL);
    block(33, NULL);
}

// expect: nothing
CASE(freed)
{
    free(block(24, NULL));
}
