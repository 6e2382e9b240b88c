/* Interning a stack that is a value, as if an unwinder had just found it. */
#ifndef TESTS_INTERN_H
#define TESTS_INTERN_H

#include "record/depot.h"
#include "unwind/stack.h"

static inline uint32_t intern_stack(struct lc_depot_cache *cache, const struct lc_stack *s)
{
    static _Thread_local struct lc_traced frames[LC_FRAMES_MAX];
    for (unsigned i = 0; i < s->depth; i++)
        frames[i] = (struct lc_traced){.pc = s->frames[i], .exact = s->exact[i / 64] >> (i % 64) & 1};
    const struct lc_unwound unwound = {frames, s->depth, s->truncated};
    return lc_depot_intern(cache, &unwound);
}

#endif
