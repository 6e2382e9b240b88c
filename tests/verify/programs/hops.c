/* hops ROUNDS: two threads, each with coroutines that hop from one to the next out of the middle of their
 * stacks, timer signals whose handlers allocate, and jumps out of all that. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

enum { COROUTINES = 5, STACK = 64 << 10 };

static int rounds;
static __thread ucontext_t start, at[COROUTINES];
static __thread unsigned seed, running;
static __thread jmp_buf back;
static __thread volatile int hops, may_allocate; /* not while malloc is interrupted, which may hold its lock */

static unsigned next(void)
{
    seed = seed * 1103515245 + 12345;
    return seed >> 16;
}

static void handle(int number)
{
    (void)number;
    if (may_allocate)
        free(realloc(malloc(30), 3000));
    else
        munmap(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 4096);
}

/* Away to another coroutine, and back here when one comes back. */
static void hop(void)
{
    const unsigned from = running, to = next() % COROUTINES;
    if (to == from)
        return;
    hops++;
    running = to;
    swapcontext(&at[from], &at[to]);
}

static __attribute__((noinline)) int wander(unsigned depth)
{
    char pad[16 + next() % 200];
    memset(pad, (int)depth, sizeof pad);
    may_allocate = 0;
    char *p = malloc(sizeof pad);
    may_allocate = 1;
    for (unsigned i = next() % 4; i-- && depth < 60;) {
        if (next() % 5 == 0)
            hop();
        pad[1] ^= (char)wander(depth + 1);
        may_allocate = 1;
    }
    const int leaves = depth > 20 && next() % 50 == 0 && running == 0;
    may_allocate = 0;
    free(p);
    if (leaves)
        longjmp(back, 1);
    return pad[3];
}

static void run(void)
{
    while (hops < rounds) {
        if (running == 0)
            (void)setjmp(back); /* only the first jumps: back is in its stack */
        wander(0);
        hop();
    }
    may_allocate = 0;
    setcontext(&start);
}

static void *work(void *number)
{
    seed = (unsigned)(size_t)number;
    char *stacks = mmap(NULL, COROUTINES * STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < COROUTINES; i++) {
        getcontext(&at[i]);
        at[i].uc_stack = (stack_t){.ss_sp = stacks + i * STACK, .ss_size = STACK};
        makecontext(&at[i], run, 0);
    }
    swapcontext(&start, &at[0]);
    return NULL;
}

int main(int argc, char **argv)
{
    (void)argc;
    rounds = atoi(argv[1]);
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &(struct itimerval){{0, 3000}, {0, 3000}}, NULL);
    pthread_t other;
    pthread_create(&other, NULL, work, (void *)2);
    work((void *)1);
    pthread_join(other, NULL);
    return 0;
}
