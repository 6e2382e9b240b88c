#include "base/vec.h"

#include "base/arena.h"

#include <string.h>

/* Makes sure that there is room for the item at `index`. */
static bool has_room(struct lc_vec *v, uint32_t index, const char *what)
{
    if (index >= LC_VEC_MAX)
        return false;
    char **piece = &v->pieces[index >> LC_VEC_PIECE_BITS];
    if (LC_LIKELY(__atomic_load_n(piece, __ATOMIC_ACQUIRE) != NULL))
        return true;
    const size_t size = (size_t)v->item_size << LC_VEC_PIECE_BITS;
    char *fresh = lc_pages_map(size, what), *other = NULL;
    if (fresh && !__atomic_compare_exchange_n(piece, &other, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        lc_pages_unmap(fresh, size);
    return fresh || other;
}

uint32_t lc_vec_push(struct lc_vec *v, const void *item, const char *what)
{
    uint32_t index = v->count;
    if (!has_room(v, index, what))
        return UINT32_MAX;
    memcpy(lc_vec_at(v, index), item, v->item_size);
    __atomic_store_n(&v->count, index + 1, __ATOMIC_RELEASE);
    return index;
}

uint32_t lc_vec_claim(struct lc_vec *v, const char *what)
{
    uint32_t index = lc_vec_count(v);
    do {
        if (!has_room(v, index, what))
            return UINT32_MAX;
    } while (!__atomic_compare_exchange_n(&v->count, &index, index + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return index;
}
