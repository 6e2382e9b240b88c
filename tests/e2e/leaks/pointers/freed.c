/* Memory that was given back holds nothing, whatever still stands in it. */
#include "leaks.h"

// expect: definite 24/1
CASE(holder)
{
    void **holder = (void **)block(400, NULL);
    holder[20] = block(24, NULL);
    free(holder);
}

// expect: definite 24/1
CASE(big_holder)
{
    void **holder = (void **)block(400000, NULL);
    holder[20000] = block(24, NULL);
    free(holder);
}

// The freed holder is still pointed to.
// expect: definite 24/1
CASE(holder_still_known)
{
    void **holder = (void **)block(400, NULL);
    holder[20] = block(24, NULL);
    held = holder;
    free(holder);
}

// expect: definite 480/20
CASE(many_holders)
{
    void **holders[20];
    for (int i = 0; i < 20; i++) {
        holders[i] = (void **)block(1000 + 100 * i, NULL);
        holders[i][40 + i] = block(24, NULL);
    }
    for (int i = 0; i < 20; i++)
        free(holders[i]);
    memset(holders, 0, sizeof holders);
    use(holders);
}

// A part of the heap behind a holder that shrank.
// expect: definite 24/1, reachable 64/1
CASE(shrunk)
{
    void **holder = (void **)block(4000, NULL);
    holder[400] = block(24, NULL);
    held = realloc(holder, 64);
}
