/* However the process ends, what is lost then is told. */
#include "leaks.h"

static void leave(void (*end)(int))
{
    block(16, block(40, NULL));
    held = block(24, NULL);
    scrub();
    end(0);
}

static void just_abort(int unused)
{
    abort();
}

// expect: definite 16/1, indirect 40/1, reachable 24/1
CASE(by_exit)
{
    leave(exit);
}

// expect: definite 16/1, indirect 40/1, reachable 24/1
CASE(by_underscore_exit)
{
    leave(_exit);
}

// expect: definite 16/1, indirect 40/1, reachable 24/1
CASE(by_quick_exit)
{
    leave(quick_exit);
}

// expect: definite 16/1, indirect 40/1, reachable 24/1
CASE(by_abort)
{
    leave(just_abort);
}

// expect: definite 16/1, indirect 40/1, reachable 24/1
CASE(by_return)
{
    block(16, block(40, NULL));
    held = block(24, NULL);
}
