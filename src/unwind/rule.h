/* How most frames find their caller, in eight bytes: the return address is below the CFA, the CFA is at a
 * distance from rsp or rbp, and rbp is where it was or in memory at a distance from the CFA. */
#ifndef LC_UNWIND_RULE_H
#define LC_UNWIND_RULE_H

#include "unwind/walk.h"

enum lc_rule_kind {
    LC_RULE_NONE, /* not a rule: what a table of them starts with */
    LC_RULE_SP,   /* CFA = rsp + cfa_at */
    LC_RULE_FP,   /* CFA = rbp + cfa_at */
    LC_RULE_END,  /* outermost frame */
    LC_RULE_HARD, /* anything else: see lc_walk */
};

struct lc_rule {
    int32_t cfa_at;
    int16_t fp_at; /* rbp was saved at CFA + fp_at; 0: it was not */
    uint8_t kind;  /* enum lc_rule_kind */
};
static_assert(sizeof(struct lc_rule) == 8, "two of them and their keys in half a cache line");

/* The rule for the code that `f` is in, by its pc alone. Uses the memory of `w`. Async-signal-safe. */
struct lc_rule lc_rule_decode(struct lc_walker *w, const struct lc_frame *f);

/* Goes to the caller of `f` by a rule of kind LC_RULE_SP or LC_RULE_FP; as lc_walk does it. */
static LC_ALWAYS_INLINE enum lc_step lc_rule_apply(struct lc_rule rule, struct lc_readable *readable,
                                                   struct lc_frame *f)
{
    const uintptr_t cfa = (rule.kind == LC_RULE_SP ? f->sp : f->fp) + (uintptr_t)(intptr_t)rule.cfa_at;
    uintptr_t pc, fp = f->fp;
    if (!lc_readable_word(readable, cfa - sizeof cfa, &pc))
        return LC_STEP_LOST;
    if (rule.fp_at && !lc_readable_word(readable, cfa + (uintptr_t)(intptr_t)rule.fp_at, &fp))
        fp = 0;
    if (LC_UNLIKELY(!pc))
        return LC_STEP_END;
    if (LC_UNLIKELY(pc == f->pc && cfa == f->sp))
        return LC_STEP_LOST; /* and would be for ever */
    *f = (struct lc_frame){pc, cfa, fp, false};
    return LC_STEP_CALLER;
}

#endif
