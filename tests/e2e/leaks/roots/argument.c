/* The argument of a thread, which nobody else has. */
#include "leaks.h"
#include "threads.h"

static void *use_later(void *argument)
{
    void *volatile mine = argument;
    here();
    stay();
    return mine;
}

// expect: reachable 24/1
CASE(of_a_running_thread)
{
    thread(use_later, block(24, NULL));
}

static void *ignore(void *argument)
{
    here();
    return NULL;
}

// expect: definite 24/1
CASE(of_an_ended_thread)
{
    pthread_join(thread(ignore, block(24, NULL)), NULL);
}
