/* The check comes after the program's own handlers and destructors. */
#include "leaks.h"

static void free_held(void)
{
    free(held);
    held = NULL;
}

// expect: nothing
CASE(freed_at_exit)
{
    held = block(24, NULL);
    atexit(free_held);
}

static void drop_held(void)
{
    held = NULL;
}

// expect: definite 24/1
CASE(dropped_at_exit)
{
    held = block(24, NULL);
    atexit(drop_held);
}

static void allocate(void)
{
    block(24, NULL);
    scrub();
}

// expect: definite 24/1
CASE(allocated_at_exit)
{
    atexit(allocate);
}

static void *late;

__attribute__((destructor)) static void free_late(void)
{
    free(late);
}

// expect: nothing
CASE(freed_by_destructor)
{
    late = block(24, NULL);
}

// The handlers do not run.
// expect: reachable 24/1
CASE(not_freed_by_underscore_exit)
{
    late = block(24, NULL);
    scrub();
    _exit(0);
}
