/* The frames of the last capture, and how each found its caller.
 *
 * Unwinding is a function of (pc, sp, rbp) and the words that it reads. So each pair of neighbours here is a
 * fact for ever (until code is unmapped): if a frame equals the inner one, and the words that it would read
 * are those that were read, then its caller is the outer one. Nothing need be known about what happened
 * between two captures. */
#ifndef LC_UNWIND_TRACE_H
#define LC_UNWIND_TRACE_H

#include "unwind/unwind.h"
#include "unwind/walk.h"

/* How a frame of struct lc_traced finds its caller. */
enum lc_link {
    LC_LINK_RULE, /* return address below the caller's sp, rbp at fp_at (as in struct lc_rule) from it */
    LC_LINK_HARD, /* it has to be found anew */
    LC_LINK_END,  /* there is no caller */
};

/* Innermost first: frame[head] to frame[end - 1]. The inner end changes most, so there is the room to grow.
 * Zeroes are an empty one. */
enum { LC_TRACE_MAX = 2 * LC_FRAMES_MAX };
struct lc_trace {
    unsigned head, end;
    struct lc_traced frame[LC_TRACE_MAX];
};

/* Sets all but how the caller is found, and takes the tag away. Field by field in place: a structure made elsewhere is stored in
 * small parts and loaded in large ones, which costs a capture a third of its time. */
static inline void lc_traced_set(struct lc_traced *t, const struct lc_frame *f)
{
    t->pc = f->pc;
    t->sp = f->sp;
    t->fp = f->fp;
    t->exact = f->exact;
    t->tag = 0;
}

static inline struct lc_frame lc_traced_frame(const struct lc_traced *t)
{
    return (struct lc_frame){t->pc, t->sp, t->fp, t->exact};
}

static inline bool lc_traced_is(const struct lc_traced *t, const struct lc_frame *f)
{
    return t->sp == f->sp && t->pc == f->pc && t->fp == f->fp && t->exact == f->exact;
}

/* Whether `outer`, which follows `inner` in the trace, is the caller of a frame that equals `inner`. The
 * words read are those that unwinding that frame would read now: they are on the stack. */
static LC_ALWAYS_INLINE bool lc_traced_is_linked(const struct lc_traced *inner, const struct lc_traced *outer)
{
    const uintptr_t *cfa = (const uintptr_t *)outer->sp;
    const uintptr_t *fp_saved = (const uintptr_t *)(outer->sp + (uintptr_t)(intptr_t)inner->fp_at);
    const uintptr_t *fp = inner->fp_at ? fp_saved : &outer->fp; /* kept: equal by itself, without a branch */
    return inner->link == LC_LINK_RULE && cfa[-1] == outer->pc && *fp == outer->fp;
}

static inline void lc_trace_forget(struct lc_trace *t)
{
    t->head = t->end = LC_TRACE_MAX;
}

/* Replaces the frames from `from` up to `to` by `count` others (at most LC_FRAMES_MAX inside of `to` then).
 * Returns where the frame that was at `to` is now. What is far outside may be forgotten. */
unsigned lc_trace_splice(struct lc_trace *t, unsigned from, unsigned to, const struct lc_traced *others,
                         unsigned count);

#endif
