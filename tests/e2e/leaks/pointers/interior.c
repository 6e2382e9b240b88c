/* Where in a block a pointer may point: start, inside, last byte, end, past it. */
#include "leaks.h"

#define SIZE 104

static char *fresh(void)
{
    char *p = (char *)block(SIZE, NULL);
    return p;
}

// expect: reachable 104/1
CASE(start)
{
    held = fresh();
}

// expect: possible 104/1
CASE(second_byte)
{
    held = fresh() + 1;
}

// expect: possible 104/1
CASE(middle)
{
    held = fresh() + SIZE / 2;
}

// expect: possible 104/1
CASE(last_byte)
{
    held = fresh() + SIZE - 1;
}

// expect: definite 104/1
CASE(end)
{
    held = fresh() + SIZE;
}

// expect: definite 104/1
CASE(past_end)
{
    held = fresh() + SIZE + 1;
}

// expect: definite 104/1
CASE(before_start)
{
    held = fresh() - 1;
}
