/* Verified incremental unwinding: frames are found one by one from the inside, until one is met that the
 * last capture has met too; from there on the old frames are compared with the stack instead. */
#include "unwind/unwinder.h"

/* Any thread raises it; each unwinder starts at the one that is current. */
static uint64_t generation = 1;

struct capture {
    struct lc_unwinder *u;
    unsigned limit, depth; /* frames wanted, frames found */
    struct lc_frame frame; /* to go on from */
    unsigned gap;          /* up to here the trace is of this stack; then come the fresh frames */
    unsigned candidate;    /* the first old frame that may still be on this stack */
    enum lc_step last;     /* what the capture ended with */
};

size_t lc_unwinder_size(void)
{
    return sizeof(struct lc_unwinder);
}

void lc_unwind_forget_modules(void)
{
    __atomic_add_fetch(&generation, 1, __ATOMIC_RELEASE);
}

/* The frames from `to` inwards no longer have the callers that they had. */
static LC_COLD void drop_tags(struct lc_trace *t, unsigned to)
{
    for (unsigned i = t->head; i <= to; i++)
        t->frame[i].tag = 0;
}

static enum lc_step step_hard(struct lc_unwinder *u, struct lc_frame *f)
{
    if (!lc_traced_is(&u->registered, f))
        u->walker.registers.known = 0;
    const enum lc_step step = lc_walk(&u->walker, f);
    lc_traced_set(&u->registered, f);
    return step;
}

/* Goes from `f` to its caller, and notes in `t` how that was found. */
static inline enum lc_step step(struct lc_unwinder *u, struct lc_frame *f, struct lc_traced *t)
{
    const struct lc_rule rule = lc_rules_get(&u->rules, &u->walker, f);
    t->fp_at = rule.fp_at;
    switch (rule.kind) {
    case LC_RULE_SP:
    case LC_RULE_FP:
        t->link = LC_LINK_RULE;
        return lc_rule_apply(rule, &u->walker.readable, f);
    case LC_RULE_END:
        t->link = LC_LINK_END;
        return LC_STEP_END;
    default:
        t->link = LC_LINK_HARD;
        return step_hard(u, f);
    }
}

/* Finds callers until one is an old frame, at c->candidate then. False when the capture ends before. */
static bool find_old(struct capture *c)
{
    struct lc_unwinder *u = c->u;
    struct lc_trace *t = &u->trace;
    unsigned count = 0;
    for (;;) {
        while (c->candidate < t->end && t->frame[c->candidate].sp < c->frame.sp)
            c->candidate++;
        if (c->candidate < t->end && lc_traced_is(&t->frame[c->candidate], &c->frame)) {
            c->candidate = lc_trace_splice(t, c->gap, c->candidate, u->fresh, count);
            return true;
        }
        lc_traced_set(&u->fresh[count], &c->frame);
        c->last = step(u, &c->frame, &u->fresh[count++]);
        if (c->last != LC_STEP_CALLER || ++c->depth == c->limit) {
            lc_trace_splice(t, c->gap, t->end, u->fresh, count);
            return false;
        }
    }
}

/* How many callers of t->frame[i], at most `room`, are still linked to each other. The loop that a deep
 * capture spends its time in. */
static inline unsigned count_linked(const struct lc_trace *t, unsigned i, unsigned room)
{
    const struct lc_traced *start = &t->frame[i], *at = start;
    const struct lc_traced *last = start + (room < t->end - 1 - i ? room : t->end - 1 - i);
    while (at < last && lc_traced_is_linked(at, at + 1))
        at++;
    return (unsigned)(at - start);
}

/* From the frame at c->candidate, which is on this stack, over all old ones that still are. False when the
 * capture ends there; else c->frame is the first that is not. */
static bool follow_old(struct capture *c)
{
    struct lc_trace *t = &c->u->trace;
    unsigned i = c->candidate;
    for (;; i++) {
        const unsigned linked = count_linked(t, i, c->limit - c->depth - 1);
        i += linked;
        c->depth += linked + 1;
        if (LC_LIKELY(t->frame[i].link == LC_LINK_END && i + 1 == t->end)) {
            c->last = LC_STEP_END; /* by its pc alone */
            return false;
        }
        c->frame = lc_traced_frame(&t->frame[i]);
        c->last = step(c->u, &c->frame, &t->frame[i]);
        if (c->last == LC_STEP_CALLER && c->depth < c->limit && i + 1 < t->end &&
            lc_traced_is(&t->frame[i + 1], &c->frame))
            continue;
        if (LC_LIKELY(c->last != LC_STEP_CALLER && i + 1 == t->end))
            return false;
        drop_tags(t, i);
        if (c->last != LC_STEP_CALLER || c->depth == c->limit)
            break;
        c->gap = c->candidate = i + 1;
        return true;
    }
    t->end = i + 1;
    return false;
}

/* What was learned under another generation is forgotten; and what was learned by a capture that a signal
 * handler left with longjmp, which leaves it at 0. */
static uint64_t enter(struct lc_unwinder *u, uintptr_t sp)
{
    const uint64_t now = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
    if (LC_UNLIKELY(u->generation != now)) {
        if (u->trace.end) /* or it is new, and its pages need not be touched */
            lc_rules_forget(&u->rules);
        lc_trace_forget(&u->trace);
        u->walker.readable = (struct lc_readable){0};
    }
    u->generation = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    lc_readable_enter(&u->walker.readable, sp);
    return now;
}

static void leave(struct lc_unwinder *u, uint64_t learned)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    u->generation = learned;
}

/* Rules follow three registers. Now and then an interrupted function, or a caller of one, has its frame in
 * another (hand-written code; OpenSSL's): then all frames are walked with all registers. */
static LC_COLD struct lc_unwound unwind_in_full(struct lc_unwinder *u, const struct lc_context *from, unsigned limit)
{
    struct lc_frame f = {from->pc, from->sp, from->fp, false};
    enum lc_step last;
    unsigned count = 0;
    u->walker.registers.known = 0;
    lc_trace_forget(&u->trace);
    do {
        lc_traced_set(&u->fresh[count++], &f);
        last = lc_walk(&u->walker, &f);
    } while (last == LC_STEP_CALLER && count < limit);
    lc_traced_set(&u->registered, &f);
    return (struct lc_unwound){u->fresh, count, last != LC_STEP_END};
}

struct lc_unwound lc_unwind(struct lc_unwinder *u, const struct lc_context *from, unsigned limit)
{
    struct capture c = {.u = u, .limit = limit, .frame = {from->pc, from->sp, from->fp, false}};
    if (!limit)
        return (struct lc_unwound){.truncated = true};
    struct lc_trace *t = &u->trace;
    const uint64_t learned = enter(u, from->sp);
    c.gap = c.candidate = t->head;
    while (find_old(&c) && follow_old(&c))
        ;
    struct lc_unwound out = {&t->frame[t->head], t->end - t->head, c.last != LC_STEP_END};
    if (LC_UNLIKELY(c.last == LC_STEP_BLIND))
        out = unwind_in_full(u, from, limit);
    else if (LC_UNLIKELY(c.last != u->ended || c.last == LC_STEP_CALLER))
        drop_tags(t, t->end - 1);
    u->ended = c.last;
    leave(u, learned);
    return out;
}
