/* exit in a signal handler: the frames of what was interrupted hold. */
#include "leaks.h"

#include <signal.h>

static void leave(int signal)
{
    scrub();
    exit(0);
}

// expect: reachable 24/1
CASE(interrupted_function)
{
    void *volatile mine = block(24, NULL);
    signal(SIGUSR1, leave);
    raise(SIGUSR1);
    use(mine);
}

// The register is in the frame that the kernel made.
// expect: reachable 24/1
CASE(interrupted_register)
{
    void *p = block(24, NULL);
    signal(SIGALRM, leave);
    scrub();
    ualarm(20000, 0);
    __asm__ volatile("mov %%rbx, %%r14\n\txor %%ebx, %%ebx\n1:\tpause\n\tjmp 1b" : "+b"(p) : : "r14", "memory");
}

// expect: definite 24/1
CASE(dropped_before)
{
    block(24, NULL);
    signal(SIGUSR1, leave);
    scrub();
    raise(SIGUSR1);
}
