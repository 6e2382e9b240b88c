/* Marks in the low bits of a pointer make it one to the inside. */
#include "leaks.h"

// expect: possible 24/1
CASE(one)
{
    held = (void *)((uintptr_t)block(24, NULL) | 1);
}

// expect: possible 24/1
CASE(seven)
{
    held = (void *)((uintptr_t)block(24, NULL) | 7);
}

// A block shorter than its mark: valgrind's pointer is past the end.
// expect: definite 4/1
// differs: possible 4/1: low bits of tags are masked
CASE(short_block)
{
    held = (void *)((uintptr_t)block(4, NULL) | 7);
}

// expect: definite 0/1
// differs: possible 0/1: low bits of tags are masked
CASE(zero_size)
{
    held = (void *)((uintptr_t)block(0, NULL) | 2);
}
