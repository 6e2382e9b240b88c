/* churn DEPTH LIVE PAIRS [steady|mixed|moving]: PAIRS times one of LIVE blocks, chosen at random, is freed and another of
 * random size is allocated in its place, on a stack of DEPTH frames (5 or more) from main to malloc's caller:
 *
 *   steady   always the same stack
 *   mixed    the innermost two calls are any of four functions each: 16 stacks
 *   moving   mixed, and after each 16 pairs the program returns to a random level (mostly near the innermost) and calls
 *            its way back, at the innermost three levels by any of four functions: 1,024 stacks
 *
 * Says how many nanoseconds of CPU a pair took. */
#include "clock.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIXED_FRAMES 5 /* main, descend, middle_N, inner_N, replace */
#define MOVING_PAIRS 16

static struct {
    void **blocks;
    size_t live, pairs, done;
    unsigned levels;
    int is_mixed, is_moving;
    uint64_t seed;
} churn = {.seed = 88172645463325252u};

static uint64_t next_random(void)
{
    churn.seed ^= churn.seed << 13;
    churn.seed ^= churn.seed >> 7;
    churn.seed ^= churn.seed << 17;
    return churn.seed;
}

/* The last statement keeps the call from becoming a jump, and the frame from vanishing. */
#define KEEP_FRAME() __asm__ volatile("" ::: "memory")

static void replace(uint64_t random)
{
    void **slot = &churn.blocks[random % churn.live];
    free(*slot);
    *slot = malloc(16 + (random >> 40) % 240);
    if (!*slot)
        abort();
    *(char *)*slot = 1;
}

#define LEAF(n)                                                                                                        \
    static __attribute__((noinline)) void inner_##n(uint64_t random)                                                   \
    {                                                                                                                  \
        replace(random);                                                                                               \
        KEEP_FRAME();                                                                                                  \
    }
LEAF(0)
LEAF(1)
LEAF(2)
LEAF(3)

static void (*const inner[])(uint64_t) = {inner_0, inner_1, inner_2, inner_3};

#define MIDDLE(n)                                                                                                      \
    static __attribute__((noinline)) void middle_##n(uint64_t random, unsigned path)                                   \
    {                                                                                                                  \
        inner[path](random);                                                                                           \
        KEEP_FRAME();                                                                                                  \
    }
MIDDLE(0)
MIDDLE(1)
MIDDLE(2)
MIDDLE(3)

static void (*const middle[])(uint64_t, unsigned) = {middle_0, middle_1, middle_2, middle_3};

static void work(size_t pairs)
{
    for (size_t i = 0; i < pairs && churn.done < churn.pairs; i++, churn.done++) {
        uint64_t random = next_random();
        unsigned path = churn.is_mixed ? (random >> 32) & 15 : 0;
        middle[path >> 2](random, path & 3);
    }
}

static void descend(unsigned level);

#define DESCEND(n)                                                                                                     \
    static __attribute__((noinline)) void descend_##n(unsigned level)                                                  \
    {                                                                                                                  \
        descend(level);                                                                                                \
        KEEP_FRAME();                                                                                                  \
    }
DESCEND(0)
DESCEND(1)
DESCEND(2)
DESCEND(3)

static void (*const down[])(unsigned) = {descend_0, descend_1, descend_2, descend_3};

/* Two frames a level: this and descend_N. */
static __attribute__((noinline)) void descend(unsigned level)
{
    if (level == churn.levels) {
        work(churn.is_moving ? MOVING_PAIRS : SIZE_MAX);
        return;
    }
    /* On the way out one level in two calls again: half of the ways back start at the innermost level, a quarter at the
     * next, and so on. */
    int is_any = churn.is_moving && level + 3 >= churn.levels;
    do {
        down[is_any ? (next_random() >> 20) & 3 : level & 3](level + 1);
    } while (churn.is_moving && churn.done < churn.pairs && (level == 0 || next_random() & (1u << 20)));
}

static inline __attribute__((always_inline)) void churn_pairs(void (*enter)(unsigned))
{
    churn.done = 0;
    while (churn.done < churn.pairs)
        enter(0);
}

int main(int argc, char **argv)
{
    if (argc < 4)
        return 2;
    unsigned depth = (unsigned)atoi(argv[1]);
    churn.levels = depth > FIXED_FRAMES ? (depth - FIXED_FRAMES) / 2 : 0;
    void (*enter)(unsigned) = depth > FIXED_FRAMES && (depth - FIXED_FRAMES) % 2 ? descend_0 : descend;
    churn.live = strtoul(argv[2], NULL, 10);
    churn.pairs = strtoul(argv[3], NULL, 10);
    churn.is_moving = argc > 4 && strcmp(argv[4], "moving") == 0;
    churn.is_mixed = churn.is_moving || (argc > 4 && strcmp(argv[4], "mixed") == 0);
    churn.blocks = calloc(churn.live, sizeof(void *));
    if (!churn.blocks)
        return 2;
    size_t pairs = churn.pairs;
    churn.pairs = churn.live; /* so that nearly every slot has its block before the clock runs */
    churn_pairs(enter);
    churn.pairs = pairs;
    double start = bench_now_ns(CLOCK_PROCESS_CPUTIME_ID);
    churn_pairs(enter);
    bench_say("pair_ns", (bench_now_ns(CLOCK_PROCESS_CPUTIME_ID) - start) / (double)pairs);
    printf("%zu pairs\n", churn.done);
    return 0;
}
