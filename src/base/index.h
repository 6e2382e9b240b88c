/* From a hash to the id of an item that lies elsewhere (in a vec): open addressing, look-ups without a lock,
 * insertions under the owner's. It starts small and doubles. */
#ifndef LC_BASE_INDEX_H
#define LC_BASE_INDEX_H

#include "base/compiler.h"

struct lc_index_table {
    uint32_t mask;
    uint64_t slots[]; /* high half: high half of the hash; low half: id + 1; 0: empty */
};

struct lc_index {
    struct lc_index_table *table; /* atomic; older tables are never unmapped, a reader may stand in one */
    uint32_t count;
};

/* A walk over the ids whose hash may be `hash`; LC_INDEX_END after the last. Any thread; an id inserted
 * meanwhile may be missed. */
struct lc_index_cursor {
    const struct lc_index_table *table;
    uint64_t hash;
    uint32_t position;
};

#define LC_INDEX_END UINT32_MAX

static inline struct lc_index_cursor lc_index_find(const struct lc_index *x, uint64_t hash)
{
    return (struct lc_index_cursor){__atomic_load_n(&x->table, __ATOMIC_ACQUIRE), hash, (uint32_t)hash};
}

static inline uint32_t lc_index_next(struct lc_index_cursor *c)
{
    if (LC_UNLIKELY(!c->table))
        return LC_INDEX_END;
    for (;;) {
        uint64_t slot = __atomic_load_n(&c->table->slots[c->position++ & c->table->mask], __ATOMIC_ACQUIRE);
        if (slot == 0)
            return LC_INDEX_END;
        if (slot >> 32 == c->hash >> 32)
            return (uint32_t)slot - 1;
    }
}

/* Adds `id` (< UINT32_MAX - 1). False when out of memory. Under the owner's lock. */
bool lc_index_add(struct lc_index *x, uint64_t hash, uint32_t id, uint64_t (*hash_of)(uint32_t id));

#endif
