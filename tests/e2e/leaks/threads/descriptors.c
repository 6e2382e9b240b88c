/* What libc and ld.so allocate for threads is no finding of anybody's program. */
#include "leaks.h"
#include "threads.h"

static void *work(void *unused)
{
    here();
    stay();
    return NULL;
}

// expect: nothing
CASE(running)
{
    for (int i = 0; i < 5; i++)
        thread(work, NULL);
}

static void *ends(void *unused)
{
    here();
    return NULL;
}

// expect: nothing
CASE(never_joined)
{
    for (int i = 0; i < 5; i++)
        thread(ends, NULL);
    usleep(50000);
}

// expect: nothing
CASE(joined)
{
    for (int i = 0; i < 5; i++)
        pthread_join(thread(ends, NULL), NULL);
}
