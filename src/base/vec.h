/* An append-only array that never moves: items keep their address, and readers need no lock. It starts small
 * and grows by segments of doubling size. Appending is the owner's business, under the owner's lock. */
#ifndef LC_BASE_VEC_H
#define LC_BASE_VEC_H

#include "base/compiler.h"

#define LC_VEC_FIRST_BITS 8 /* items in the first segment, as a power of two */
#define LC_VEC_SEGMENTS (32 - LC_VEC_FIRST_BITS)

struct lc_vec {
    uint32_t count; /* atomic; published after the item is complete */
    uint32_t item_size;
    char *segments[LC_VEC_SEGMENTS];
};

#define LC_VEC_OF(type) {.item_size = sizeof(type)}

/* The item at `index` (< count). Any thread. */
static inline void *lc_vec_at(const struct lc_vec *v, uint32_t index)
{
    uint32_t shifted = index + (1u << LC_VEC_FIRST_BITS);
    unsigned bits = 31u - (unsigned)__builtin_clz(shifted);
    return v->segments[bits - LC_VEC_FIRST_BITS] + (size_t)(shifted - (1u << bits)) * v->item_size;
}

static inline uint32_t lc_vec_count(const struct lc_vec *v)
{
    return __atomic_load_n(&v->count, __ATOMIC_ACQUIRE);
}

/* A copy of `item` at the end: its index, or UINT32_MAX when out of memory. */
uint32_t lc_vec_push(struct lc_vec *v, const void *item, const char *what);

#endif
