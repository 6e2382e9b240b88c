/* Another thread than the first ends the process. */
#include "leaks.h"
#include "threads.h"

static void *leave(void *unused)
{
    scrub();
    exit(0);
}

// The first thread waits, and its stack holds.
// expect: reachable 24/1
CASE(first_waits)
{
    void *volatile mine = block(24, NULL);
    pthread_t t;
    scrub();
    pthread_create(&t, NULL, leave, NULL);
    pthread_join(t, NULL);
    use(mine);
}

static void *hold_and_leave(void *unused)
{
    void *volatile mine = block(24, NULL);
    leave(NULL);
    use(mine);
    return NULL;
}

// expect: reachable 24/1
CASE(in_its_own_frames)
{
    pthread_t t;
    pthread_create(&t, NULL, hold_and_leave, NULL);
    pthread_join(t, NULL);
}

static void *drop_and_leave(void *unused)
{
    block(24, NULL);
    return leave(NULL);
}

// expect: definite 24/1
CASE(dropped)
{
    pthread_t t;
    pthread_create(&t, NULL, drop_and_leave, NULL);
    pthread_join(t, NULL);
}

static void *leave_later(void *unused)
{
    usleep(50000);
    return leave(NULL);
}

// The first thread is gone; its frames are not.
// expect: reachable 24/1
CASE(first_has_ended)
{
    pthread_t t;
    held = block(24, NULL);
    pthread_create(&t, NULL, leave_later, NULL);
    scrub();
    pthread_exit(NULL);
}

static void *last(void *size)
{
    block((size_t)size, NULL);
    usleep(50000);
    scrub();
    return NULL;
}

// The process ends with its last thread.
// expect: definite 24/1
CASE(by_the_last_thread)
{
    pthread_t t;
    pthread_create(&t, NULL, last, (void *)24);
    scrub();
    pthread_exit(NULL);
}
