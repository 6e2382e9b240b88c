/* Blocks of 2 GiB and more, of which next to nothing is touched. */
#include "leaks.h"

#define GIB (1UL << 30)

static char *huge(size_t size)
{
    char *p = (char *)malloc(size);
    if (!p)
        abort();
    p[0] = p[size - 1] = 0;
    use(p);
    return p;
}

// Under valgrind, blocks are at such low addresses that numbers look like pointers into it.
// differs: definite 2147483648/1: no number points here
CASE(two_gib_dropped)
{
    huge(2 * GIB);
}

// expect: reachable 3221225477/1
CASE(three_gib_held)
{
    held = huge(3 * GIB + 5);
}

// expect: possible 3221225472/1
CASE(last_byte)
{
    held = huge(3 * GIB) + 3 * GIB - 1;
}

// expect: reachable 2147483672/2
CASE(pointer_at_its_end)
{
    char *p = huge(2 * GIB);
    void *child = block(24, NULL);
    memcpy(p + 2 * GIB - 8, &child, sizeof child);
    held = p;
}

// differs: definite 2147483648/1, indirect 24/1: no number points here
CASE(child_lost)
{
    char *p = huge(2 * GIB);
    void *child = block(24, NULL);
    memcpy(p + GIB, &child, sizeof child);
    use(p);
}
