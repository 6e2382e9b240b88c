/* Threads that allocate, joined in order. */
#include <pthread.h>
#include <stdlib.h>

static void *leaf(size_t size)
{
    return malloc(size);
}

static void *work(void *argument)
{
    size_t n = (size_t)argument;
    for (size_t i = 0; i < 20; i++)
        if (i % 2)
            free(leaf(n + i));
        else
            leaf(n + i);
    return leaf(1000);
}

int main(void)
{
    pthread_t t[4];
    for (size_t i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, (void *)(i * 100));
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    return 0;
}
