/* A recursion in whose every frame something is held when the process ends. */
#include "leaks.h"

struct frame {
    struct frame *outer;
    void *mine;
};

__attribute__((noinline)) static void down(struct frame *outer, int n)
{
    struct frame here = {outer, block(24, NULL)};
    use(&here);
    if (n == 0)
        exit(0);
    down(&here, n - 1);
    use(&here);
}

// expect: reachable 24024/1001
CASE(thousand)
{
    down(NULL, 1000);
}
