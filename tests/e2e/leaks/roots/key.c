/* Thread-specific values hold: of main, of other threads, of keys beyond the first 32. */
#include "leaks.h"
#include "threads.h"

static pthread_key_t keys[40];

static void make(int n)
{
    for (int i = 0; i < n; i++)
        pthread_key_create(&keys[i], NULL);
}

// expect: reachable 24/1
CASE(of_main)
{
    make(1);
    pthread_setspecific(keys[0], block(24, NULL));
}

// The second level of values is a block of libc's.
// expect: reachable 536/2
CASE(fortieth_of_main)
{
    make(40);
    pthread_setspecific(keys[39], block(24, NULL));
}

static void *work(void *key)
{
    pthread_setspecific(*(pthread_key_t *)key, block(24, NULL));
    scrub();
    here();
    stay();
    return NULL;
}

// expect: reachable 24/1
CASE(of_other)
{
    make(1);
    thread(work, &keys[0]);
}

// expect: reachable 536/2
CASE(fortieth_of_other)
{
    make(40);
    thread(work, &keys[39]);
}

static void *work_and_end(void *key)
{
    pthread_setspecific(*(pthread_key_t *)key, block(24, NULL));
    here();
    return NULL;
}

// expect: definite 24/1
CASE(of_ended)
{
    make(1);
    pthread_join(thread(work_and_end, &keys[0]), NULL);
}

// expect: nothing
CASE(of_ended_with_destructor)
{
    pthread_key_create(&keys[0], free);
    pthread_join(thread(work_and_end, &keys[0]), NULL);
}
