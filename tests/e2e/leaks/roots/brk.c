/* Memory that the program got from sbrk by itself, between malloc's. */
#include "leaks.h"

// expect: reachable 24/1
CASE(between)
{
    void **mine = (void **)sbrk(4096);
    free(block(100000, NULL));
    mine[10] = block(24, NULL);
    held = mine;
}
