/* Marks in the 16 bits that an address does not use. */
#include "leaks.h"

// expect: definite 24/1
// differs: possible 24/1: high bits of tags are masked
CASE(one_bit)
{
    held = (void *)((uintptr_t)block(24, NULL) | 1UL << 63);
}

// expect: definite 24/1
// differs: possible 24/1: high bits of tags are masked
CASE(sixteen_bits)
{
    held = (void *)((uintptr_t)block(24, NULL) | 0xfff9UL << 48);
}

// expect: definite 24/1, indirect 40/1
// differs: possible 64/2: high bits of tags are masked
CASE(child)
{
    held = (void *)((uintptr_t)block(24, block(40, NULL)) | 0x00abUL << 48);
}

// expect: reachable 24/1
CASE(plain_too)
{
    held = block(24, NULL);
    held_too = (void *)((uintptr_t)held | 1UL << 63);
}

// Marks at both ends, as in NaN boxes.
// expect: definite 24/1
// differs: possible 24/1: high and low bits of tags are masked
CASE(both_ends)
{
    held = (void *)((uintptr_t)block(24, NULL) | 0xfff9UL << 48 | 3);
}
