/* live COUNT: COUNT blocks of 64 bytes, made in 16 places, are alive (and reachable) at the end. Says when main returned. */
#include "clock.h"

#include <stdlib.h>

struct block {
    struct block *next;
    char rest[56];
};

static struct block *first;

static inline __attribute__((always_inline)) void make(void)
{
    struct block *block = malloc(sizeof *block);
    if (!block)
        abort();
    block->next = first;
    first = block;
}

#define PLACE(n)                                                                                                       \
    static __attribute__((noinline)) void place_##n(void)                                                              \
    {                                                                                                                  \
        make();                                                                                                        \
    }
#define PLACES(p) p(0) p(1) p(2) p(3) p(4) p(5) p(6) p(7) p(8) p(9) p(10) p(11) p(12) p(13) p(14) p(15)
PLACES(PLACE)
#define NAME(n) place_##n,
static void (*const places[])(void) = {PLACES(NAME)};

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    for (long i = 0; i < count; i++)
        places[i % 16]();
    printf("%ld blocks\n", count);
    fflush(stdout);
    bench_say("exit_ns", bench_now_ns(CLOCK_MONOTONIC));
    return 0;
}
