/* Verified incremental unwinding: frames are found one by one from the inside, until one is met that the
 * last capture has met too; from there on the old frames are compared with the stack instead. */
#include "unwind/unwinder.h"

/* Any thread raises it; each unwinder starts at the one that is current. */
static uint64_t generation = 1;

struct capture {
    struct lc_unwinder *u;
    struct lc_stack *out;
    unsigned limit;
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

static inline void put(struct lc_stack *out, uintptr_t pc, bool exact)
{
    if (LC_UNLIKELY(exact))
        out->exact[out->depth / 64] |= (uint64_t)1 << out->depth % 64;
    out->frames[out->depth++] = pc;
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
        put(c->out, c->frame.pc, c->frame.exact);
        lc_traced_set(&u->fresh[count], &c->frame);
        c->last = step(u, &c->frame, &u->fresh[count++]);
        if (c->last != LC_STEP_CALLER || c->out->depth == c->limit) {
            lc_trace_splice(t, c->gap, t->end, u->fresh, count);
            return false;
        }
    }
}

/* Puts the callers of t->frame[i], which is put, as long as old frames are linked. Returns the last one put.
 * None of them is exact, because no caller found by a rule is. The loop that a deep capture spends its time
 * in. */
static inline unsigned put_linked(const struct lc_trace *t, unsigned i, unsigned limit, struct lc_stack *out)
{
    const unsigned room = limit - out->depth;
    const struct lc_traced *start = &t->frame[i], *at = start;
    const struct lc_traced *last = start + (room < t->end - 1 - i ? room : t->end - 1 - i);
    uintptr_t *pc = &out->frames[out->depth];
    while (at < last && lc_traced_is_linked(at, at + 1))
        *pc++ = (++at)->pc;
    out->depth += (unsigned)(at - start);
    return i + (unsigned)(at - start);
}

/* From the frame at c->candidate, which is on this stack, over all old ones that still are. False when the
 * capture ends there; else c->frame is the first that is not. */
static bool follow_old(struct capture *c)
{
    struct lc_trace *t = &c->u->trace;
    unsigned i = c->candidate;
    for (;; i++) {
        put(c->out, t->frame[i].pc, t->frame[i].exact);
        i = put_linked(t, i, c->limit, c->out);
        c->frame = lc_traced_frame(&t->frame[i]);
        c->last = step(c->u, &c->frame, &t->frame[i]);
        if (c->last != LC_STEP_CALLER || c->out->depth == c->limit)
            return false;
        if (i + 1 == t->end || !lc_traced_is(&t->frame[i + 1], &c->frame))
            break;
    }
    c->gap = c->candidate = i + 1;
    return true;
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
static LC_COLD enum lc_step unwind_in_full(struct lc_unwinder *u, const struct lc_context *from,
                                           unsigned limit, struct lc_stack *out)
{
    struct lc_frame f = {from->pc, from->sp, from->fp, false};
    enum lc_step last;
    u->walker.registers.known = 0;
    out->depth = 0;
    do {
        put(out, f.pc, f.exact);
        last = lc_walk(&u->walker, &f);
    } while (last == LC_STEP_CALLER && out->depth < limit);
    lc_traced_set(&u->registered, &f);
    return last;
}

void lc_unwind(struct lc_unwinder *u, const struct lc_context *from, unsigned limit, struct lc_stack *out)
{
    struct capture c = {.u = u, .out = out, .limit = limit, .frame = {from->pc, from->sp, from->fp, false}};
    out->depth = 0;
    out->truncated = true;
    for (unsigned i = 0; i < LC_ARRAY_LEN(out->exact); i++)
        out->exact[i] = 0;
    if (!limit)
        return;
    const uint64_t learned = enter(u, from->sp);
    c.gap = c.candidate = u->trace.head;
    while (find_old(&c) && follow_old(&c))
        ;
    if (LC_UNLIKELY(c.last == LC_STEP_BLIND))
        c.last = unwind_in_full(u, from, limit, out);
    out->truncated = c.last != LC_STEP_END;
    leave(u, learned);
}
