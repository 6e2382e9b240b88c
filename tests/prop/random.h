/* Numbers that follow from a seed: a history that fails is told by its seed and comes back with it. */
#ifndef LC_TESTS_RANDOM_H
#define LC_TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state;

static inline void random_start(uint64_t seed)
{
    random_state = seed;
}

/* splitmix64 */
static inline uint64_t random_word(void)
{
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static inline uint64_t random_below(uint64_t limit)
{
    return random_word() % limit;
}

#endif
