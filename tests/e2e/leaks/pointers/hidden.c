/* What is no pointer any more holds nothing. */
#include "leaks.h"

/* Addresses are low under valgrind: the lower half must not stand in the lower half of a word. */
uint32_t halves[4] __attribute__((aligned(8)));
uintptr_t mixed;

// expect: definite 24/1
CASE(exclusive_or)
{
    mixed = (uintptr_t)block(24, NULL) ^ 0x5a5a5a5a5a5aUL;
}

// expect: definite 24/1
CASE(inverted)
{
    mixed = ~(uintptr_t)block(24, NULL);
}

// expect: definite 24/1
CASE(apart)
{
    uintptr_t p = (uintptr_t)block(24, NULL);
    halves[1] = (uint32_t)p;
    halves[2] = (uint32_t)(p >> 32);
}

// expect: definite 24/1
CASE(shifted)
{
    mixed = (uintptr_t)block(24, NULL) >> 4;
}

// expect: definite 24/1
CASE(in_text)
{
    static char text[32];
    sprintf(text, "%p", block(24, NULL));
    use(text);
}
