/* A pointer that does not stand at a multiple of 8 holds nothing. */
#include "leaks.h"

static char space[64];

// expect: definite 24/1
CASE(by_four)
{
    void *p = block(24, NULL);
    memcpy(space + 12, &p, sizeof p);
    use(space);
}

// expect: definite 24/1, reachable 64/1
CASE(in_block)
{
    char *holder = (char *)block(64, NULL);
    void *p = block(24, NULL);
    memcpy(holder + 9, &p, sizeof p);
    held = holder;
}

// expect: reachable 88/2
CASE(aligned)
{
    char *holder = (char *)block(64, NULL);
    void *p = block(24, NULL);
    memcpy(holder + 16, &p, sizeof p);
    held = holder;
}
