/* Blocks from below a signal handler: the stack goes on through the interrupted function. */
#include <signal.h>
#include <stdlib.h>

static void *held[3];

static void on_signal(int number)
{
    held[number == SIGUSR1] = malloc((size_t)number);
}

static __attribute__((noinline)) void provoke(int number)
{
    raise(number);
}

int main(void)
{
    signal(SIGUSR1, on_signal);
    signal(SIGUSR2, on_signal);
    provoke(SIGUSR1);
    provoke(SIGUSR2);
    return 0;
}
