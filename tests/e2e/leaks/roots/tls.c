/* Thread-local variables of the executable hold, of each thread that lives. */
#include "leaks.h"
#include "threads.h"

__thread void *mine;
__thread void *initialised = &held;

// expect: reachable 24/1
CASE(of_main)
{
    mine = block(24, NULL);
}

// expect: reachable 24/1
CASE(of_main_initialised)
{
    initialised = block(24, NULL);
}

// expect: reachable 24/1
// ours: --use-tls=no
// differs: definite 24/1: thread-local storage is no root
CASE(of_main_off)
{
    mine = block(24, NULL);
}

static void *work(void *size)
{
    mine = block((size_t)size, NULL);
    scrub();
    here();
    stay();
    return NULL;
}

// expect: reachable 24/1
CASE(of_other)
{
    thread(work, (void *)24);
}

// expect: reachable 24/1
// ours: --use-tls=no
// differs: definite 24/1: thread-local storage is no root
CASE(of_other_off)
{
    thread(work, (void *)24);
}

static void *work_and_end(void *size)
{
    mine = block((size_t)size, NULL);
    here();
    return NULL;
}

// expect: definite 24/1
CASE(of_ended)
{
    pthread_join(thread(work_and_end, (void *)24), NULL);
}
