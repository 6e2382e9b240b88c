/* Threads that run while the process ends. */
#include "leaks.h"
#include "threads.h"

static void *spin(void *size)
{
    void *volatile mine = block((size_t)size, NULL);
    scrub();
    here();
    for (;;)
        use(mine);
    return NULL;
}

// expect: reachable 24/1
CASE(one)
{
    thread(spin, (void *)24);
}

// expect: reachable 24/1
CASE(detached)
{
    pthread_detach(thread(spin, (void *)24));
}

static void *sleeps(void *size)
{
    void *volatile mine = block((size_t)size, NULL);
    scrub();
    here();
    stay();
    use(mine);
    return NULL;
}

// expect: reachable 720/30
CASE(thirty)
{
    for (int i = 0; i < 30; i++)
        thread(sleeps, (void *)24);
}

static void *drops(void *size)
{
    block((size_t)size, NULL);
    scrub();
    here();
    stay();
    return NULL;
}

// expect: definite 720/30
CASE(thirty_that_drop)
{
    for (int i = 0; i < 30; i++)
        thread(drops, (void *)24);
}
