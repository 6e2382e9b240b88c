#include "base/vec.h"

#include "base/arena.h"

#include <string.h>

uint32_t lc_vec_push(struct lc_vec *v, const void *item, const char *what)
{
    uint32_t index = v->count;
    if (index >= UINT32_MAX - (1u << LC_VEC_FIRST_BITS))
        return UINT32_MAX;
    uint32_t shifted = index + (1u << LC_VEC_FIRST_BITS);
    unsigned bits = 31u - (unsigned)__builtin_clz(shifted);
    char **segment = &v->segments[bits - LC_VEC_FIRST_BITS];
    if (!*segment && !(*segment = lc_pages_map((size_t)v->item_size << bits, what)))
        return UINT32_MAX;
    memcpy(lc_vec_at(v, index), item, v->item_size);
    __atomic_store_n(&v->count, index + 1, __ATOMIC_RELEASE);
    return index;
}
