/* stacks N EACH: N different stacks, EACH 24-byte blocks from each of them. A stack is a number in base 10:
 * one of ten call sites for each digit. */
#include <stdlib.h>

static long each;

static __attribute__((noinline)) int digit(long number, int digits)
{
    if (digits == 0) {
        for (long i = 0; i < each; i++)
            if (!malloc(24))
                return 0;
        return 1;
    }
    switch (number % 10) {
#define CALL(n)                                                                                          \
    case n:                                                                                              \
        return digit(number / 10, digits - 1) + n
        CALL(0);
        CALL(1);
        CALL(2);
        CALL(3);
        CALL(4);
        CALL(5);
        CALL(6);
        CALL(7);
        CALL(8);
        CALL(9);
    }
    return 0;
}

int main(int argc, char **argv)
{
    long count = atol(argv[1]);
    each = argc > 2 ? atol(argv[2]) : 1;
    long sum = 0;
    for (long i = 0; i < count; i++)
        sum += digit(i, 6);
    return sum == 0;
}
