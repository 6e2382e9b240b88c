/* Mappings of the program itself hold, and so does what is found in them. */
#include "leaks.h"

#include <sys/mman.h>

static void **map(size_t size, int flags)
{
    void **p = (void **)mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (p == MAP_FAILED)
        abort();
    return p;
}

// expect: reachable 24/1
CASE(anonymous)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(anonymous_by_inside)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p + 4000;
}

// expect: reachable 24/1
CASE(big_and_hardly_touched)
{
    void **p = map(1UL << 28, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
    p[1 << 24] = block(24, NULL);
    held = p;
}

// expect: reachable 24/1
CASE(shared)
{
    void **p = map(65536, MAP_SHARED | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    held = p;
}

// expect: definite 24/1
CASE(unmapped)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    munmap(p, 65536);
}

// expect: definite 24/1
// differs: reachable 24/1: what is held holds, though it can't be written any more; valgrind reads only what can
CASE(read_only_since)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
    mprotect(p, 65536, PROT_READ);
    held = p;
}

// A mapping that nothing points to holds nothing well: both are lost.
// expect: reachable 24/1
// differs: indirect 24/1, mappings 65536/1: a mapping that nothing points to is lost, with what hangs from it
CASE(lost_mapping)
{
    void **p = map(65536, MAP_PRIVATE | MAP_ANONYMOUS);
    p[1000] = block(24, NULL);
}
