/* What a thread's unwinder remembers. */
#ifndef LC_UNWIND_UNWINDER_H
#define LC_UNWIND_UNWINDER_H

#include "unwind/branch.h"
#include "unwind/rules.h"
#include "unwind/unwind.h"

struct lc_unwinder {
    uint64_t generation;        /* of the modules when all of this was learned; 0: it may be torn */
    bool is_used;               /* else it is new, and its pages need not be touched to forget anything */
    struct lc_frame registered; /* the frame whose registers the walker has */
    struct lc_walker walker;
    struct lc_rules rules;
    struct lc_trace trace;
    struct lc_branches branches;
};

extern uint64_t lc_unwind_generation; /* atomic; counts lc_unwind_forget_modules */

/* lc_unwind, when the stack is not as it was. */
uint64_t lc_unwind_anew(struct lc_unwinder *u, const struct lc_context *from);

/* lc_unwind. Most captures find the stack as it was, and leave everything as it is. */
static LC_ALWAYS_INLINE uint64_t lc_unwinder_capture(struct lc_unwinder *u, const struct lc_context *from)
{
    const struct lc_trace *t = &u->trace;
    const struct lc_traced *innermost = &t->frame[t->at];
    const bool is_same = innermost->pc == from->pc && (innermost->sp & ~(LC_TRACED_CLOSELY | LC_TRACED_NEW_PAGE)) == from->sp &&
                         u->generation == __atomic_load_n(&lc_unwind_generation, __ATOMIC_ACQUIRE);
    if (LC_UNLIKELY(!is_same || !lc_trace_is_current_from(t, t->at)))
        return lc_unwind_anew(u, from);
    return t->more[t->at].name;
}

#endif
