/* Blocks that start at more than a multiple of 16. */
#include "leaks.h"

#include <malloc.h>

static void all(void **p)
{
    p[0] = memalign(32, 10);
    p[1] = aligned_alloc(64, 64);
    p[3] = valloc(30);
    if (posix_memalign(&p[2], 4096, 20) != 0)
        abort();
}

// expect: definite 124/4
CASE(dropped)
{
    void *p[4];
    all(p);
    memset(p, 0, sizeof p);
    use(p);
}

// expect: reachable 124/4
CASE(kept)
{
    static void *p[4];
    all(p);
    use(p);
}

// expect: possible 124/4
CASE(by_second_byte)
{
    static char *p[4];
    all((void **)p);
    for (int i = 0; i < 4; i++)
        p[i]++;
    use(p);
}
