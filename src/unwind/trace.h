/* The frames of the last capture, and how each found its caller.
 *
 * Unwinding is a function of (pc, sp, rbp) and the words that it reads. So each pair of neighbours here is a
 * fact for ever (until code is unmapped): if a frame equals the inner one, and the words that it would read
 * are those that were read, then its caller is the outer one. Nothing need be known about what happened
 * between two captures.
 *
 * rbp counts only where it leads to a CFA: most code keeps data there, which changes. */
#ifndef LC_UNWIND_TRACE_H
#define LC_UNWIND_TRACE_H

#include "base/hash.h"
#include "unwind/unwind.h"
#include "unwind/walk.h"

/* How a frame finds its caller. */
enum lc_link {
    LC_LINK_SP,   /* CFA from rsp, return address below it, rbp at fp_at (as in struct lc_rule) from it */
    LC_LINK_FP,   /* the same from rbp */
    LC_LINK_HARD, /* it has to be found anew */
    LC_LINK_END,  /* there is no caller, whatever the stack holds */
};

/* In lc_traced.sp, which is a multiple of 8. */
#define LC_TRACED_CLOSELY ((uintptr_t)1)  /* more than the return address leads here, or it is on another stack */
#define LC_TRACED_NEEDS_FP ((uintptr_t)2) /* rbp counts from here outwards */
#define LC_TRACED_NEW_PAGE ((uintptr_t)4) /* its return address is not in the same page as that of the frame inside */
#define LC_TRACED_SP(t) ((t)->sp & ~(uintptr_t)7)

enum { LC_TRACE_MAX = LC_FRAMES_MAX, LC_FRESH_MAX = LC_FRAMES_MAX * 3 / 4 };
static_assert(LC_FRESH_MAX > LC_FRAMES_KEPT, "a stack that was cut may lose frames before it is unwound anew");

/* Innermost first, outermost at the far end, which stays. Frames inside of `at` were there before; they are
 * facts, too. */
struct lc_trace {
    unsigned head, at; /* the innermost frame that is remembered, and that of the last capture */
    enum lc_step ended; /* how the outermost frame is one; LC_STEP_CALLER: the rest was cut */
    struct lc_traced frame[LC_TRACE_MAX + 3]; /* the outermost thrice more: they are compared by fours */
    struct lc_traced_more more[LC_TRACE_MAX + 1];

    unsigned fresh_count; /* frames on their way in, innermost first */
    struct lc_traced fresh[LC_FRESH_MAX];
    struct lc_traced_more fresh_more[LC_FRESH_MAX];
};

static inline bool lc_traced_is(const struct lc_traced *t, const struct lc_traced_more *more, const struct lc_frame *f)
{
    return LC_TRACED_SP(t) == f->sp && t->pc == (f->pc | (f->exact ? LC_TRACED_EXACT : 0)) &&
           (LC_LIKELY(!(t->sp & LC_TRACED_NEEDS_FP)) || more->fp == f->fp);
}

/* Whether the caller of a frame that equals that at `i` is the next one outwards, which has more than a return address
 * to be looked at. */
static inline bool lc_trace_is_linked_closely(const struct lc_trace *t, unsigned i)
{
    const struct lc_traced *outer = &t->frame[i + 1];
    const struct lc_traced_more *more = &t->more[i];
    const uintptr_t *cfa = (const uintptr_t *)LC_TRACED_SP(outer);
    if (more->link > LC_LINK_FP || cfa[-1] != outer->pc)
        return false;
    const bool keeps_fp = !more->fp_at || !(outer->sp & LC_TRACED_NEEDS_FP);
    return keeps_fp || *(const uintptr_t *)((uintptr_t)cfa + (uintptr_t)(intptr_t)more->fp_at) == more[1].fp;
}

static inline uintptr_t lc_traced_return_address(uintptr_t sp)
{
    return ((const uintptr_t *)sp)[-1];
}

/* Whether the four frames from `outer` outwards are each linked to the one inside, by no more than the return
 * address. Only the first is known to be on this stack: so the others must have theirs in the same page. */
static LC_ALWAYS_INLINE bool lc_traced_are_linked(const struct lc_traced *outer)
{
    const uintptr_t a = outer[0].sp, b = outer[1].sp, c = outer[2].sp, d = outer[3].sp;
    return LC_LIKELY(!((a | b | c | d) & 7)) &&
           !((lc_traced_return_address(a) ^ outer[0].pc) | (lc_traced_return_address(b) ^ outer[1].pc) |
             (lc_traced_return_address(c) ^ outer[2].pc) | (lc_traced_return_address(d) ^ outer[3].pc));
}

/* From the frame at `i`, which is on this stack, the outermost that is linked to it. The words read are those that
 * unwinding these frames would read now: they are on the stack. The loop that a deep capture spends its time in. */
static LC_ALWAYS_INLINE unsigned lc_trace_follow(const struct lc_trace *t, unsigned i)
{
    const struct lc_traced *outer = &t->frame[i + 1], *end = &t->frame[LC_TRACE_MAX];
    for (;;) {
        while (outer < end && lc_traced_are_linked(outer))
            outer += 4;
        if (LC_LIKELY(outer >= end))
            return LC_TRACE_MAX - 1;
        for (unsigned n = 0; n < 4 && outer < end; n++, outer++) {
            const unsigned inner = (unsigned)(outer - t->frame) - 1;
            const bool is_simple = !(outer->sp & (LC_TRACED_CLOSELY | LC_TRACED_NEEDS_FP));
            if (is_simple ? lc_traced_return_address(LC_TRACED_SP(outer)) != outer->pc
                          : !lc_trace_is_linked_closely(t, inner))
                return inner;
        }
    }
}

/* Whether all from the frame at `i` outwards are as they were, given that it is. */
static LC_ALWAYS_INLINE bool lc_trace_is_current_from(const struct lc_trace *t, unsigned i)
{
    return lc_trace_follow(t, i) + 1 == LC_TRACE_MAX && t->more[LC_TRACE_MAX - 1].link == LC_LINK_END;
}

/* The name of the stack that is a frame at `pc` on top of the stack named `outer`. */
static LC_ALWAYS_INLINE uint64_t lc_traced_name(uint64_t outer, uintptr_t pc)
{
    return (lc_hash_mix(outer, pc) & ~LC_NAME_LOST) | (outer & LC_NAME_LOST);
}

/* The first remembered frame that is at `sp` or outside of it; LC_TRACE_MAX when there is none. */
static inline unsigned lc_trace_seek(const struct lc_trace *t, unsigned from, uintptr_t sp)
{
    while (from < LC_TRACE_MAX && t->frame[from].sp < sp)
        from++;
    return from;
}

void lc_trace_forget(struct lc_trace *t);

/* A frame more on its way in, and how it finds its caller (to be set in what is returned). There must be room. */
static inline struct lc_traced_more *lc_trace_add(struct lc_trace *t, const struct lc_frame *f)
{
    const unsigned i = t->fresh_count++;
    t->fresh[i] = (struct lc_traced){f->pc | (f->exact ? LC_TRACED_EXACT : 0), f->sp};
    t->fresh_more[i].fp = f->fp;
    return &t->fresh_more[i];
}

/* The remembered frames [from, to) go after the fresh ones, as far as there is room: false when there is none. */
bool lc_trace_take(struct lc_trace *t, unsigned from, unsigned to);

/* The slow half of lc_trace_settle. */
void lc_trace_insert(struct lc_trace *t, unsigned to, enum lc_step ended);

/* The fresh frames come to stand before the frame at `to` (LC_TRACE_MAX: they are the whole stack, which ends as
 * `ended`), in place of what was there. What does not fit is cut, at the outer end. */
static inline void lc_trace_settle(struct lc_trace *t, unsigned to, enum lc_step ended)
{
    t->at = to;
    if (t->fresh_count)
        lc_trace_insert(t, to, ended);
}

#endif
