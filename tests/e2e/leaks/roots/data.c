/* The data of the executable holds: initialised, not initialised, of a function. */
#include "leaks.h"

void *initialised = &initialised;
void *zero;

// expect: reachable 24/1
CASE(in_data)
{
    initialised = block(24, NULL);
}

// expect: reachable 24/1
// ours: --use-globals=no
// differs: definite 24/1: globals are no roots
CASE(in_data_off)
{
    initialised = block(24, NULL);
}

// expect: reachable 24/1
CASE(in_bss)
{
    zero = block(24, NULL);
}

// expect: reachable 24/1
CASE(in_function)
{
    static void *mine;
    mine = block(24, NULL);
    use(&mine);
}

static struct {
    char name[40];
    void *pointers[1000];
} big;

// expect: reachable 48/2
CASE(in_array)
{
    big.pointers[0] = block(24, NULL);
    big.pointers[999] = block(24, NULL);
    use(&big);
}
