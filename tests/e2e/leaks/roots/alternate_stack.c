/* What a handler on an alternate signal stack has in its frames, when it calls exit, and what stands in the
 * stack that it interrupted. */
#include "leaks.h"

#include <signal.h>
#include <sys/mman.h>

static void on(void *stack, void (*handler)(int))
{
    stack_t alternate = {.ss_sp = stack, .ss_size = 65536 * 4};
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    action.sa_handler = handler;
    sigaltstack(&alternate, NULL);
    sigaction(SIGUSR1, &action, NULL);
}

static void *mapped(void)
{
    return mmap(NULL, 65536 * 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void allocate_and_exit(int signal)
{
    void *volatile mine = block(24, NULL);
    scrub();
    exit(0);
    use(mine);
}

// expect: reachable 24/1
// stacks: valgrind stops where the alternate stack ends
CASE(of_the_handler)
{
    on(mapped(), allocate_and_exit);
    raise(SIGUSR1);
}

// expect: reachable 24/1
// stacks: valgrind stops where the alternate stack ends
CASE(in_static_memory)
{
    static char stack[65536 * 4] __attribute__((aligned(16)));
    on(stack, allocate_and_exit);
    raise(SIGUSR1);
}

static void just_exit(int signal)
{
    scrub();
    exit(0);
}

// expect: reachable 24/1
CASE(of_the_interrupted)
{
    void *volatile mine = block(24, NULL);
    on(mapped(), just_exit);
    raise(SIGUSR1);
    use(mine);
}

__attribute__((noinline)) static void allocate(int signal)
{
    block(24, NULL);
    scrub();
}

// expect: definite 24/1
// stacks: valgrind stops where the alternate stack ends
CASE(of_a_handler_that_returned)
{
    on(mapped(), allocate);
    raise(SIGUSR1);
}
