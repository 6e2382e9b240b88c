/* Variables of functions that have not returned hold: exit is called below them. */
#include "leaks.h"

__attribute__((noinline)) static void leave(void)
{
    scrub();
    exit(0);
}

// expect: reachable 24/1
CASE(local)
{
    void *volatile mine = block(24, NULL);
    leave();
    use(mine);
}

// expect: reachable 24/1
// ours: --use-stacks=no --use-registers=no
// differs: definite 24/1: stacks are no roots
CASE(local_off)
{
    void *volatile mine = block(24, NULL);
    leave();
    use(mine);
}

__attribute__((noinline)) static void deeper(int n)
{
    void *volatile mine = block(24, NULL);
    if (n > 0)
        deeper(n - 1);
    else
        leave();
    use(mine);
}

// expect: reachable 240/10
CASE(frames)
{
    deeper(9);
}

__attribute__((noinline)) static void returned_from(void)
{
    void *volatile mine[10];
    for (int i = 0; i < 10; i++)
        mine[i] = block(24, NULL);
}

// expect: definite 240/10
CASE(returned)
{
    returned_from();
    scrub();
}

// The pointer in the middle of a frame of 1 MiB. (From 2 MiB on, valgrind takes it for another stack.)
// expect: reachable 24/1
CASE(big_frame)
{
    void *volatile mine[1 << 17];
    mine[1 << 16] = block(24, NULL);
    leave();
    use((void *)mine);
}
