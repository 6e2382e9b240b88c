/* The smallest blocks: no room for a pointer in them, and a neighbour right behind. */
#include "leaks.h"

// expect: definite 1/1
CASE(dropped)
{
    block(1, NULL);
}

// expect: reachable 28/7
CASE(sizes_below_a_word)
{
    void **table = (void **)block(0, NULL);
    free(table);
    static void *all[8];
    for (int i = 1; i < 8; i++)
        all[i] = block(i, NULL);
    use(all);
}

// The last three bytes of a block of 19 are no word.
// expect: reachable 19/1, definite 40/1
CASE(half_a_word)
{
    unsigned char *p = (unsigned char *)block(19, NULL);
    void *child = block(40, NULL);
    memcpy(p + 16, &child, 3);
    held = p;
}
