/* Threads that wander through random call trees, interrupted by signals whose handlers do the same, while the
 * modules are forgotten now and then: every stack must be libunwind's. */
#include "unwind/reference.h"
#include "unwind/verify.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { THREADS = 4, WALKS = 2000, STEPS_MAX = 60, DEPTH_MAX = 90 };

/* A thread and its signal handler: two users, so two unwinders. */
struct walker {
    struct lc_unwinder *unwinder;
    struct lc_verified v;
    unsigned seed;
    unsigned long captures;
};

static __thread struct walker *in_thread, *in_handler;
static atomic_ulong differences, captures;
static atomic_uint finished;

static LC_NOINLINE void capture(struct walker *w)
{
    const struct lc_context from = LC_CALLER();
    const unsigned limit = w->seed % 5 ? LC_FRAMES_MAX : 1 + w->seed % 70;
    const char *difference = lc_unwind_verify(w->unwinder, &from, limit, &w->v);
    w->captures++;
    if (difference && atomic_fetch_add(&differences, 1) == 0)
        fprintf(stderr, "capture %lu: %s is not the same (%u and %u frames, limit %u)\n", w->captures,
                difference, w->v.ours.depth, w->v.reference.depth, limit);
}

static unsigned next(struct walker *w)
{
    w->seed = w->seed * 1103515245 + 12345;
    return w->seed >> 16;
}

/* Goes down and up at random, from several places, in frames of several sizes and kinds. */
static LC_NOINLINE unsigned wander(struct walker *w, unsigned depth, unsigned *steps)
{
    char variable[next(w) % 4 ? 16 : 16 + next(w) % 600];
    memset(variable, (int)depth, sizeof variable);
    while (*steps && next(w) % 3) {
        --*steps;
        if (depth < DEPTH_MAX && next(w) % 3)
            variable[1] ^= (char)wander(w, depth + 1, steps);
        else if (depth < DEPTH_MAX && next(w) % 2)
            variable[2] ^= (char)wander(w, depth + 1, steps);
        else
            capture(w);
    }
    __asm__ volatile("" : : "r"(variable) : "memory");
    return (unsigned)variable[3];
}

static void walk(struct walker *w)
{
    unsigned steps = STEPS_MAX;
    while (steps && next(w) % 8)
        wander(w, 0, &steps);
}

static void handle(int number)
{
    (void)number;
    if (in_handler)
        walk(in_handler);
}

static struct walker *new_walker(unsigned seed)
{
    const int prot = PROT_READ | PROT_WRITE, flags = MAP_PRIVATE | MAP_ANONYMOUS;
    struct walker *w = mmap(NULL, sizeof *w, prot, flags, -1, 0);
    w->unwinder = mmap(NULL, lc_unwinder_size(), prot, flags, -1, 0);
    w->seed = seed;
    return w;
}

static void *run(void *seed)
{
    in_thread = new_walker((unsigned)(uintptr_t)seed);
    in_handler = new_walker((unsigned)(uintptr_t)seed + 100);
    for (unsigned i = 0; i < WALKS; i++) {
        walk(in_thread);
        if (i % 50 == 0)
            lc_unwind_forget_modules();
    }
    atomic_fetch_add(&captures, in_thread->captures + in_handler->captures);
    in_handler = NULL;
    finished++;
    return NULL;
}

/* Until the threads are through; they are joined after that, so that each is still there to be sent a signal.
 */
static void *disturb(void *threads)
{
    const pthread_t *t = threads;
    for (unsigned i = 0; finished < THREADS; i++) {
        pthread_kill(t[i % THREADS], SIGUSR1);
        usleep(3000); /* longer than a handler takes */
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[THREADS], disturber;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    if (lc_reference_init() || sigaction(SIGUSR1, &action, NULL))
        return 2;
    for (uintptr_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, (void *)(i + 1)))
            return 2;
    if (pthread_create(&disturber, NULL, disturb, threads))
        return 2;
    pthread_join(disturber, NULL);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%lu captures, %lu differences\n", atomic_load(&captures), atomic_load(&differences));
    return differences || captures < 1000;
}
