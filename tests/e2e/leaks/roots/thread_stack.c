/* Variables of functions of other threads hold. */
#include "leaks.h"
#include "threads.h"

#include <sys/mman.h>

static void *work(void *size)
{
    void *volatile mine = block((size_t)size, NULL);
    scrub();
    here();
    stay();
    use(mine);
    return NULL;
}

// expect: reachable 24/1
CASE(local)
{
    thread(work, (void *)24);
}

// expect: reachable 24/1
// ours: --use-stacks=no --use-registers=no
// differs: definite 24/1: stacks are no roots
CASE(local_off)
{
    thread(work, (void *)24);
}

__attribute__((noinline)) static void call(void)
{
    void *volatile mine[100];
    for (int i = 0; i < 100; i++)
        mine[i] = block(24, NULL);
}

static void *work_and_return(void *unused)
{
    call();
    scrub();
    here();
    stay();
    return unused;
}

// expect: definite 2400/100
CASE(returned_from)
{
    thread(work_and_return, NULL);
}

static void start_on(void *stack, size_t size)
{
    pthread_attr_t attributes;
    pthread_t t;
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, size);
    pthread_create(&t, &attributes, work, (void *)24);
    sem_wait(&arrived);
}

// expect: reachable 24/1
CASE(on_a_stack_of_the_program)
{
    held = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    start_on(held, 1 << 20);
}

// expect: reachable 1048600/2
CASE(on_a_stack_from_malloc)
{
    held = block(1 << 20, NULL);
    start_on(held, 1 << 20);
}
