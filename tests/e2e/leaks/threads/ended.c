/* What a thread had on its stack is gone with it, though libc keeps the stack for the next one. */
#include "leaks.h"
#include "threads.h"

static void *work(void *size)
{
    void *volatile mine[50];
    for (int i = 0; i < 50; i++)
        mine[i] = block((size_t)size, NULL);
    here();
    return NULL;
}

// expect: definite 1200/50
CASE(joined)
{
    pthread_join(thread(work, (void *)24), NULL);
}

// expect: definite 2400/100
CASE(two_joined)
{
    pthread_t a = thread(work, (void *)24), b = thread(work, (void *)24);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}

// expect: definite 1200/50
CASE(detached)
{
    pthread_detach(thread(work, (void *)24));
    usleep(100000);
}

static void *returns(void *size)
{
    here();
    return block((size_t)size, NULL);
}

// expect: definite 24/1
CASE(result_dropped)
{
    pthread_join(thread(returns, (void *)24), NULL);
}

// expect: reachable 24/1
CASE(result_kept)
{
    pthread_join(thread(returns, (void *)24), &held);
}

// Nobody has asked for the result yet: the thread's descriptor has it.
// expect: reachable 24/1
CASE(result_not_fetched)
{
    thread(returns, (void *)24);
    usleep(100000);
}
