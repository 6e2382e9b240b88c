/* A block that was resized is one block, at its new place. */
#include "leaks.h"

static void *grown(void *p, size_t size)
{
    p = realloc(p, size);
    use(p);
    return p;
}

// expect: definite 100000/1
CASE(dropped)
{
    void *p = block(10, NULL);
    for (size_t size = 10; size <= 100000; size *= 10)
        p = grown(p, size);
}

// expect: reachable 100000/1
CASE(followed)
{
    held = block(10, NULL);
    for (size_t size = 10; size <= 100000; size *= 10)
        held = grown(held, size);
}

// The old address stays in a global, the block moves away.
// expect: definite 4000/1, reachable 17/1
CASE(old_address)
{
    held = block(16, NULL);
    held_too = block(17, NULL);
    grown(held, 4000);
}

// expect: reachable 4024/2
CASE(contents_move)
{
    held = grown(block(16, block(24, NULL)), 4000);
}

// expect: definite 8/1
CASE(shrunk)
{
    grown(block(4000, NULL), 8);
}

// expect: nothing
CASE(to_nothing)
{
    void *p = block(4000, NULL);
    use(realloc(p, 0));
}

// expect: definite 50/1
CASE(from_nothing)
{
    grown(NULL, 50);
}
