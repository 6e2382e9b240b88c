/* Interning a stack that is a value, as if an unwinder had just found it. */
#ifndef TESTS_INTERN_H
#define TESTS_INTERN_H

#include "base/hash.h"
#include "record/depot.h"
#include "record/site.h"
#include "unwind/stack.h"

static inline uint32_t intern_stack(const struct lc_stack *s)
{
    static _Thread_local struct lc_traced frames[LC_FRAMES_MAX];
    static _Thread_local struct lc_traced_more more[LC_FRAMES_MAX];
    uint64_t name = s->truncated;
    for (unsigned i = s->depth; i-- > 0;) {
        const bool is_exact = s->exact[i / 64] >> (i % 64) & 1;
        frames[i] = (struct lc_traced){.pc = s->frames[i] | (is_exact ? LC_TRACED_EXACT : 0)};
        name = lc_hash_mix(name, frames[i].pc);
        more[i] = (struct lc_traced_more){.name = name};
    }
    const struct lc_unwound unwound = {frames, more, s->depth, s->truncated};
    return lc_depot_intern(&unwound);
}

/* The site of a block of malloc's without a stack. */
static inline uint32_t intern_site(uint64_t size)
{
    const struct lc_site_key key = {size, LC_DEPOT_NONE, LC_FN_MALLOC};
    const uint64_t name = lc_site_name(0, size, LC_FN_MALLOC);
    const uint32_t known = lc_site_look_up(name);
    return known != LC_SITE_NONE ? known : lc_site_add(name, &key);
}

#endif
