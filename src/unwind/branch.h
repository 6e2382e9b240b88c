/* The inner ends of stacks that were found lately, each with the frame of the trace that it joins. A program goes back
 * and forth between a few of them on top of the same callers: then none is found frame by frame, but compared, as the
 * trace is, and the stack's name comes with it.
 *
 * What trace.h says of neighbours holds here, too: a branch is made of facts, and only of those that need no rbp. */
#ifndef LC_UNWIND_BRANCH_H
#define LC_UNWIND_BRANCH_H

#include "unwind/trace.h"

enum { LC_BRANCH_SETS_BITS = 6, LC_BRANCH_WAYS = 8, LC_BRANCH_MAX = 11 };

struct lc_branch {
    uint64_t name, outer_name; /* of the stack, and of the frame that is joined, when this was last seen */
    uintptr_t pc, sp;          /* the innermost frame */
    uint32_t count, joins;     /* frames, and the number in the trace of the one that comes after them */
    uint64_t link[LC_BRANCH_MAX]; /* to the frames outside of the innermost, of which the last is joined: pc, and distance */
};
static_assert(sizeof(struct lc_branch) == 128, "two cache lines, of which short branches need one");

/* A set is chosen by the innermost frame, as a program comes to it by several ways. Zeroes are empty ones. */
struct lc_branches {
    struct lc_branch entry[1 << LC_BRANCH_SETS_BITS][LC_BRANCH_WAYS];
    uint8_t next[1 << LC_BRANCH_SETS_BITS]; /* which of the set is replaced next */
};

static inline unsigned lc_branches_set(uintptr_t pc, uintptr_t sp)
{
    return (unsigned)((pc ^ sp << 17) * 0x9e3779b97f4a7c15u >> (64 - LC_BRANCH_SETS_BITS));
}

/* Remembers what the last capture had found anew before it came to the trace's frame `joins`, if that is short and
 * simple. */
void lc_branches_add(struct lc_branches *b, const struct lc_trace *t, unsigned joins);

/* The name of the stack that starts at `from`, if it is a branch that is as it was, on a trace that is; else 0. The
 * trace stays as it is. */
uint64_t lc_branches_find(struct lc_branches *b, const struct lc_trace *t, const struct lc_context *from);

#endif
