/* Mixing of integers, for every table that is addressed by a hash. */
#ifndef LC_BASE_HASH_H
#define LC_BASE_HASH_H

#include <stdint.h>

/* Folds `value` into `seed`: the 128-bit product of both, halves xored (wyhash's mixer). */
static inline uint64_t lc_hash_mix(uint64_t seed, uint64_t value)
{
    __uint128_t product = (__uint128_t)(seed ^ 0xa0761d6478bd642f) * (value ^ 0xe7037ed1a0b428db);
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* A name for `value` alone. */
static inline uint64_t lc_hash_name(uint64_t value)
{
    return lc_hash_mix(0, value);
}

#endif
