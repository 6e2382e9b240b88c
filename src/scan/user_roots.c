#include "scan/user_roots.h"

#include "base/vec.h"

struct lc_lock lc_user_roots_lock;

static struct lc_vec roots = LC_VEC_OF(struct lc_range);

static struct lc_range *find(struct lc_range range)
{
    for (uint32_t i = 0; i < lc_vec_count(&roots); i++) {
        struct lc_range *r = lc_vec_at(&roots, i);
        if (r->start == range.start && r->end == range.end)
            return r;
    }
    return NULL;
}

bool lc_user_roots_add(struct lc_range range)
{
    uint64_t signals;
    if (lc_range_is_empty(range))
        return true;
    lc_lock_acquire(&lc_user_roots_lock, &signals);
    struct lc_range *free_place = find((struct lc_range){0});
    bool is_in = true;
    if (free_place)
        *free_place = range;
    else
        is_in = lc_vec_push(&roots, &range, "roots") != UINT32_MAX;
    lc_lock_release(&lc_user_roots_lock, &signals);
    return is_in;
}

bool lc_user_roots_remove(struct lc_range range)
{
    uint64_t signals;
    if (lc_range_is_empty(range))
        return true;
    lc_lock_acquire(&lc_user_roots_lock, &signals);
    struct lc_range *r = find(range);
    if (r)
        *r = (struct lc_range){0};
    lc_lock_release(&lc_user_roots_lock, &signals);
    return r;
}

bool lc_user_roots_get(size_t index, struct lc_range *out)
{
    if (index >= lc_vec_count(&roots))
        return false;
    *out = *(const struct lc_range *)lc_vec_at(&roots, (uint32_t)index);
    return true;
}
