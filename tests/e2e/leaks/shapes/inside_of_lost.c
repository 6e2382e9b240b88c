/* Lost blocks hold by pointers into the inside, too. */
#include "leaks.h"

// expect: definite 16/1, indirect 40/1
CASE(child_by_inside)
{
    block(16, (char *)block(40, NULL) + 8);
}

// expect: definite 40/1
CASE(itself_by_inside)
{
    void **p = (void **)block(40, NULL);
    p[2] = p + 1;
}

// expect: definite 40/1, indirect 40/1
CASE(cycle_by_insides)
{
    void **a = (void **)block(40, NULL), **b = (void **)block(40, a + 1);
    *a = b + 2;
}
