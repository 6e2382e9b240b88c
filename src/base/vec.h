/* An append-only array that never moves: items keep their address, and readers need no lock. It grows by pieces, whose
 * pages are only touched as they fill. The owner chooses one of two ways to append for all of its life: with a lock
 * of its own (push), or with none (claim). */
#ifndef LC_BASE_VEC_H
#define LC_BASE_VEC_H

#include "base/compiler.h"

#define LC_VEC_PIECE_BITS 14 /* items in a piece, as a power of two */
#define LC_VEC_PIECES (1u << (28 - LC_VEC_PIECE_BITS))
#define LC_VEC_MAX (LC_VEC_PIECES << LC_VEC_PIECE_BITS) /* items */

struct lc_vec {
    uint32_t count; /* atomic; with push, published after the item is complete */
    uint32_t item_size;
    char *pieces[LC_VEC_PIECES];
};

#define LC_VEC_OF(type) {.item_size = sizeof(type)}

/* The item at `index` (< count). Any thread. */
static inline void *lc_vec_at(const struct lc_vec *v, uint32_t index)
{
    const size_t place = index & ((1u << LC_VEC_PIECE_BITS) - 1);
    return v->pieces[index >> LC_VEC_PIECE_BITS] + place * v->item_size;
}

static inline uint32_t lc_vec_count(const struct lc_vec *v)
{
    return __atomic_load_n(&v->count, __ATOMIC_ACQUIRE);
}

/* A copy of `item` at the end: its index, or UINT32_MAX when out of memory. Under the owner's lock. */
uint32_t lc_vec_push(struct lc_vec *v, const void *item, const char *what);

/* Zeroes at the end, for the caller to fill and only then to tell others the index of; UINT32_MAX when out of
 * memory. Any thread, any signal handler. */
uint32_t lc_vec_claim(struct lc_vec *v, const char *what);

#endif
