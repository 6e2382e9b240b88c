/* Many threads intern the same stacks in different orders: each stack gets one number, everywhere, and the
 * number gives the stack back. */
#include "../intern.h"
#include "record/depot.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8, STACKS = 20000, DEPTH_MAX = 40 };

static uint32_t numbers[THREADS][STACKS];
static pthread_barrier_t start;

/* The `index`-th stack: many share their outer frames, none is another one. */
static void make_stack(struct lc_stack *s, unsigned index)
{
    *s = (struct lc_stack){.depth = 2 + index % (DEPTH_MAX - 1)};
    for (unsigned i = 0; i < s->depth; i++)
        s->frames[i] = 0x400000 + 16 * ((s->depth - i) * 7 + (i < 2 ? index : index % 10));
}

static void *intern_all(void *argument)
{
    size_t self = (size_t)argument;
    static _Thread_local struct lc_stack s;
    pthread_barrier_wait(&start);
    for (unsigned i = 0; i < STACKS; i++) {
        unsigned index = (i * 7919u + (unsigned)self * 1237u) % STACKS;
        make_stack(&s, index);
        numbers[self][index] = intern_stack(&s);
    }
    return NULL;
}

static bool is_stack(uint32_t number, const struct lc_stack *s)
{
    for (unsigned i = 0; i < s->depth; i++) {
        if (number == LC_DEPOT_NONE)
            return false;
        const struct lc_depot_frame *f = lc_depot_get(number);
        if ((f->address & LC_DEPOT_ADDRESS) != s->frames[i])
            return false;
        number = f->outer;
    }
    return number == LC_DEPOT_NONE;
}

static unsigned count_wrong(void)
{
    static struct lc_stack s;
    unsigned wrong = 0;
    for (unsigned index = 0; index < STACKS; index++) {
        make_stack(&s, index);
        for (unsigned t = 0; t < THREADS; t++)
            if (numbers[t][index] != numbers[0][index] || !is_stack(numbers[t][index], &s))
                wrong++;
    }
    return wrong;
}

int main(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, intern_all, (void *)i);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    unsigned wrong = count_wrong();
    printf("%u of %u numbers are wrong; %u frames\n", wrong, THREADS * STACKS, lc_depot_count());
    return wrong != 0;
}
