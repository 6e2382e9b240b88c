/* Stacks deeper than are asked for: what differs only further out is one stack. */
#include <stdlib.h>

static __attribute__((noinline)) int dive(int n)
{
    if (n == 0)
        return malloc(12) != NULL;
    return dive(n - 1) + 1;
}

static __attribute__((noinline)) int first(int n)
{
    return dive(n) + 1;
}

static __attribute__((noinline)) int second(int n)
{
    return dive(n) + 2;
}

int main(void)
{
    int sum = 0;
    for (int n = 40; n < 60; n++)
        sum += first(n) + second(n);
    return sum == 0;
}
