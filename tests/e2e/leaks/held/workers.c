/* Workers that hold by every means a thread has: frames, thread-local variables, keys. */
#include "leaks.h"
#include "threads.h"

__thread void *local;
static pthread_key_t key;

static void *work(void *argument)
{
    void *volatile mine = block(16, argument);
    local = block(32, NULL);
    pthread_setspecific(key, block(48, NULL));
    here();
    stay();
    return mine;
}

// expect: reachable 1200/40
CASE(ten)
{
    pthread_key_create(&key, NULL);
    for (int i = 0; i < 10; i++)
        thread(work, block(24, NULL));
}
