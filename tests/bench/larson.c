/* larson THREADS PAIRS: after Larson and Krishnan, "Memory allocation for long-running server applications" (1998). Each
 * thread replaces blocks of an array; after each round it goes on with the array of its neighbour, so that most blocks are
 * freed by another thread than the one that allocated them. Each thread does PAIRS pairs. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_THREADS 64
#define BLOCKS 4000
#define ROUND_PAIRS 20000

static struct {
    unsigned threads;
    size_t pairs;
    void *blocks[MAX_THREADS][BLOCKS];
    pthread_barrier_t round;
} larson;

static __attribute__((noinline)) void replace(void **slot, uint64_t random)
{
    free(*slot);
    *slot = malloc(16 + (random >> 40) % 500);
    if (!*slot)
        abort();
    *(char *)*slot = 1;
}

static void *work(void *argument)
{
    uintptr_t self = (uintptr_t)argument;
    uint64_t seed = 88172645463325252u + self;
    for (size_t done = 0, round = 0; done < larson.pairs; done += ROUND_PAIRS, round++) {
        void **blocks = larson.blocks[(self + round) % larson.threads];
        for (unsigned i = 0; i < ROUND_PAIRS; i++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            replace(&blocks[seed % BLOCKS], seed);
        }
        pthread_barrier_wait(&larson.round);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    larson.threads = (unsigned)atoi(argv[1]);
    larson.pairs = strtoul(argv[2], NULL, 10);
    if (larson.threads == 0 || larson.threads > MAX_THREADS)
        return 2;
    pthread_barrier_init(&larson.round, NULL, larson.threads);
    pthread_t threads[MAX_THREADS];
    for (uintptr_t i = 1; i < larson.threads; i++)
        if (pthread_create(&threads[i], NULL, work, (void *)i) != 0)
            return 2;
    work(0);
    for (unsigned i = 1; i < larson.threads; i++)
        pthread_join(threads[i], NULL);
    puts("done");
    return 0;
}
