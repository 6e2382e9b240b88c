#include "unwind/branch.h"

/* A frame as its return address, which is below 2^48, and how far its CFA is from that of the innermost. */
enum { PC_BITS = 48, STEP = sizeof(uintptr_t) };
#define DISTANCE_END ((uintptr_t)STEP << (64 - PC_BITS))

static inline uint64_t link_of(uintptr_t pc, uintptr_t distance)
{
    return pc | (uint64_t)(distance / STEP) << PC_BITS;
}

static inline uintptr_t link_pc(uint64_t link)
{
    return link & (((uint64_t)1 << PC_BITS) - 1);
}

static inline uintptr_t link_sp(const struct lc_branch *b, uint64_t link)
{
    return b->sp + (link >> PC_BITS) * STEP;
}

/* Makes `b` of the frames from `innermost` on; false when one of them is not simple. */
static bool make(struct lc_branch *b, const struct lc_traced *innermost, unsigned count)
{
    b->pc = innermost->pc;
    b->sp = LC_TRACED_SP(innermost);
    b->count = count;
    for (unsigned i = 1; i <= count; i++) {
        const uintptr_t distance = LC_TRACED_SP(&innermost[i]) - b->sp;
        if (innermost[i].sp & (LC_TRACED_CLOSELY | LC_TRACED_NEEDS_FP) || innermost[i].pc >> PC_BITS || distance >= DISTANCE_END)
            return false;
        b->link[i - 1] = link_of(innermost[i].pc, distance);
    }
    return !(innermost->sp & LC_TRACED_NEEDS_FP);
}

void lc_branches_add(struct lc_branches *b, const struct lc_trace *t, unsigned joins)
{
    const unsigned count = joins - t->at;
    if (joins >= LC_TRACE_MAX || count > LC_BRANCH_MAX)
        return;
    const struct lc_traced *innermost = &t->frame[t->at];
    const unsigned set = lc_branches_set(innermost->pc, LC_TRACED_SP(innermost));
    struct lc_branch *branch = &b->entry[set][b->next[set]];
    if (!make(branch, innermost, count)) {
        branch->pc = 0;
        return;
    }
    branch->joins = joins;
    branch->name = t->more[t->at].name;
    branch->outer_name = t->more[joins].name;
    b->next[set] = (b->next[set] + 1) % LC_BRANCH_WAYS;
}

/* Whether each frame of the branch is linked to the next. One after the other: so each word that is read lies on the
 * stack, below a frame that is. */
static LC_ALWAYS_INLINE bool is_linked(const struct lc_branch *b)
{
    for (unsigned i = 0; i < b->count; i++)
        if (lc_traced_return_address(link_sp(b, b->link[i])) != link_pc(b->link[i]))
            return false;
    return true;
}

/* Whether the trace still has the frame that is joined, and all from there outwards is as it was. */
static LC_ALWAYS_INLINE bool is_joined(const struct lc_branch *b, const struct lc_trace *t)
{
    const struct lc_traced *outer = &t->frame[b->joins];
    const uintptr_t pc = b->count ? link_pc(b->link[b->count - 1]) : b->pc;
    const uintptr_t sp = b->count ? link_sp(b, b->link[b->count - 1]) : b->sp;
    return b->joins >= t->head && outer->pc == pc && (outer->sp & ~(LC_TRACED_CLOSELY | LC_TRACED_NEW_PAGE)) == sp &&
           lc_trace_is_current_from(t, b->joins);
}

/* The same branch on the same frame, whose callers are others. */
static void rename_branch(struct lc_branch *b, uint64_t outer_name)
{
    b->outer_name = b->name = outer_name;
    for (unsigned i = b->count; i-- > 1;)
        b->name = lc_traced_name(b->name, link_pc(b->link[i - 1]));
    if (b->count)
        b->name = lc_traced_name(b->name, b->pc);
}

/* In the same order each time: the processor learns which way a program comes, and starts there. */
uint64_t lc_branches_find(struct lc_branches *b, const struct lc_trace *t, const struct lc_context *from)
{
    struct lc_branch *branch = b->entry[lc_branches_set(from->pc, from->sp)];
    for (const struct lc_branch *end = branch + LC_BRANCH_WAYS; branch < end; branch++) {
        if (branch->pc != from->pc || branch->sp != from->sp || !is_linked(branch) || !is_joined(branch, t))
            continue;
        const uint64_t outer_name = t->more[branch->joins].name;
        if (LC_UNLIKELY(branch->outer_name != outer_name))
            rename_branch(branch, outer_name);
        return branch->name;
    }
    return 0;
}
