#include "base/index.h"

#include "base/arena.h"

#define FIRST_SIZE 1024u

static void place(struct lc_index_table *t, uint64_t hash, uint32_t id)
{
    uint32_t i = (uint32_t)hash & t->mask;
    while (t->slots[i])
        i = (i + 1) & t->mask;
    __atomic_store_n(&t->slots[i], (hash >> 32 << 32) | (id + 1), __ATOMIC_RELEASE);
}

/* A table of twice the size with all that the old one holds. The low halves of the hashes are not kept:
 * the owner gives them again. */
static bool grow(struct lc_index *x, uint64_t (*hash_of)(uint32_t id))
{
    struct lc_index_table *old = x->table;
    uint32_t size = old ? (old->mask + 1) * 2 : FIRST_SIZE;
    struct lc_index_table *t = lc_pages_map(sizeof *t + size * sizeof t->slots[0], "indexes");
    if (!t)
        return false;
    t->mask = size - 1;
    for (uint32_t i = 0; old && i <= old->mask; i++)
        if (old->slots[i]) {
            uint32_t id = (uint32_t)old->slots[i] - 1;
            place(t, hash_of(id), id);
        }
    __atomic_store_n(&x->table, t, __ATOMIC_RELEASE);
    return true;
}

bool lc_index_add(struct lc_index *x, uint64_t hash, uint32_t id, uint64_t (*hash_of)(uint32_t id))
{
    bool is_half_full = !x->table || x->count >= x->table->mask / 2;
    if (is_half_full && !grow(x, hash_of) && (!x->table || x->count >= x->table->mask))
        return false;
    place(x->table, hash, id);
    x->count++;
    return true;
}
