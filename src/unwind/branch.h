/* The inner ends of stacks that were found lately, each with the frame of the trace that it joins. A program goes back
 * and forth between a few of them on top of the same callers: then none is found frame by frame, but compared, as the
 * trace is, and the stack's name comes with it.
 *
 * What trace.h says of neighbours holds here, too: a branch is made of facts, and only of those that need no rbp. */
#ifndef LC_UNWIND_BRANCH_H
#define LC_UNWIND_BRANCH_H

#include "unwind/trace.h"

enum { LC_BRANCHES_BITS = 6, LC_BRANCH_MAX = 10 };

struct lc_branch {
    uint64_t name, outer_name; /* of the stack, and of the frame that is joined, when this was last seen */
    uint32_t count, joins;     /* frames, and the number in the trace of the one that comes after them */
    struct lc_traced frame[LC_BRANCH_MAX + 1]; /* innermost first, the one that is joined last */
};

/* Direct-mapped by the innermost frame; zeroes are an empty one. */
struct lc_branches {
    struct lc_branch entry[1 << LC_BRANCHES_BITS];
};

static inline struct lc_branch *lc_branches_at(struct lc_branches *b, uintptr_t pc, uintptr_t sp)
{
    return &b->entry[(pc ^ sp << 17) * 0x9e3779b97f4a7c15u >> (64 - LC_BRANCHES_BITS)];
}

/* Remembers what the last capture had found anew before it came to the trace's frame `joins`, if that is short and
 * simple. */
void lc_branches_add(struct lc_branches *b, const struct lc_trace *t, unsigned joins);

/* The name of the stack that starts at `from`, if it is a branch that is as it was, on a trace that is; else 0. The
 * trace stays as it is. */
uint64_t lc_branches_find(struct lc_branches *b, const struct lc_trace *t, const struct lc_context *from);

#endif
