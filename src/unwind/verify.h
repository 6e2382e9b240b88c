/* The unwinder against the reference, for tests and for preloading into real programs. */
#ifndef LC_UNWIND_VERIFY_H
#define LC_UNWIND_VERIFY_H

#include "unwind/reference.h"

/* Copies what lc_unwind finds. False if a tag has outlived the callers that it was set with. */
bool lc_stack_capture(struct lc_unwinder *u, const struct lc_context *from, unsigned limit, struct lc_stack *out);

/* How far to look for the same stack, where `limit` frames were asked for: a stack that is too deep to be kept whole
 * is cut somewhere beyond what is kept. */
static inline unsigned lc_stack_limit(const struct lc_stack *ours, unsigned limit)
{
    return ours->truncated && ours->depth >= LC_FRAMES_KEPT && ours->depth < limit ? ours->depth : limit;
}

/* NULL when they are the same, else what is not: a literal. */
const char *lc_stack_difference(const struct lc_stack *a, const struct lc_stack *b);

struct lc_verified {
    struct lc_stack ours;
    struct lc_stack reference;
};

/* Captures the stack both ways, to `v`. NULL when they are equal, else what is not: a literal.
 * lc_reference_init must have been called. Any thread; not async-signal-safe. */
const char *lc_unwind_verify(struct lc_unwinder *u, const struct lc_context *from, unsigned limit,
                             struct lc_verified *v);

#endif
