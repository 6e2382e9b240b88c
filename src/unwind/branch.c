#include "unwind/branch.h"

void lc_branches_add(struct lc_branches *b, const struct lc_trace *t, unsigned joins)
{
    const unsigned count = joins - t->at;
    if (joins >= LC_TRACE_MAX || count > LC_BRANCH_MAX)
        return;
    const struct lc_traced *innermost = &t->frame[t->at];
    struct lc_branch *branch = lc_branches_at(b, innermost->pc, LC_TRACED_SP(innermost));
    branch->frame[0] = (struct lc_traced){0, 0}; /* none, unless all is well */
    if (innermost->sp & LC_TRACED_NEEDS_FP)
        return;
    for (unsigned i = 1; i <= count; i++) {
        if (innermost[i].sp & (LC_TRACED_CLOSELY | LC_TRACED_NEEDS_FP))
            return;
        branch->frame[i] = (struct lc_traced){innermost[i].pc, LC_TRACED_SP(&innermost[i])};
    }
    branch->count = count;
    branch->joins = joins;
    branch->name = t->more[t->at].name;
    branch->outer_name = t->more[joins].name;
    branch->frame[0] = (struct lc_traced){innermost->pc, LC_TRACED_SP(innermost)};
}

/* Whether each frame of the branch is linked to the next. One after the other: so each word that is read lies on the
 * stack, below a frame that is. */
static LC_ALWAYS_INLINE bool is_linked(const struct lc_branch *b)
{
    for (unsigned i = 1; i <= b->count; i++)
        if (lc_traced_return_address(b->frame[i].sp) != b->frame[i].pc)
            return false;
    return true;
}

/* Whether the trace still has the frame that is joined, and all from there outwards is as it was. */
static LC_ALWAYS_INLINE bool is_joined(const struct lc_branch *b, const struct lc_trace *t)
{
    const struct lc_traced *outer = &t->frame[b->joins], *joined = &b->frame[b->count];
    return b->joins >= t->head && outer->pc == joined->pc &&
           (outer->sp & ~(LC_TRACED_CLOSELY | LC_TRACED_NEW_PAGE)) == joined->sp &&
           lc_trace_is_current_from(t, b->joins);
}

/* The same branch on the same frame, whose callers are others. */
static void rename_branch(struct lc_branch *b, uint64_t outer_name)
{
    b->outer_name = b->name = outer_name;
    for (unsigned i = b->count; i-- > 0;)
        b->name = lc_traced_name(b->name, b->frame[i].pc);
}

uint64_t lc_branches_find(struct lc_branches *b, const struct lc_trace *t, const struct lc_context *from)
{
    struct lc_branch *branch = lc_branches_at(b, from->pc, from->sp);
    if (branch->frame[0].pc != from->pc || branch->frame[0].sp != from->sp || !is_linked(branch) || !is_joined(branch, t))
        return 0;
    const uint64_t outer_name = t->more[branch->joins].name;
    if (LC_UNLIKELY(branch->outer_name != outer_name))
        rename_branch(branch, outer_name);
    return branch->name;
}
