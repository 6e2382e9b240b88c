/* Four threads, each with a result that nobody collects. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *work(void *argument)
{
    long *result = malloc(sizeof *result * 8);
    result[0] = (long)argument * 2;
    return result;
}

int main(void)
{
    pthread_t threads[4];
    long sum = 0;
    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work, (void *)i);
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        sum += *(long *)result;
#ifdef CONTROL
        free(result);
#endif
    }
    printf("%ld\n", sum);
    return 0;
}
