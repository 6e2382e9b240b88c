/* Verified incremental unwinding: frames are found one by one from the inside, until one is met that the
 * last capture has met too; from there on the old frames are compared with the stack instead. */
#include "unwind/unwinder.h"

uint64_t lc_unwind_generation = 1;

struct capture {
    struct lc_unwinder *u;
    const struct lc_context *from;
    struct lc_frame frame; /* to go on from */
    bool has_asked;        /* the walker knows the stack that it is on */
};

size_t lc_unwinder_size(void)
{
    return sizeof(struct lc_unwinder);
}

void lc_unwind_forget_modules(void)
{
    __atomic_add_fetch(&lc_unwind_generation, 1, __ATOMIC_RELEASE);
    lc_rules_forget_shared();
}

static enum lc_step step_hard(struct lc_unwinder *u, struct lc_frame *f)
{
    const struct lc_frame *known = &u->registered;
    if (known->pc != f->pc || known->sp != f->sp || known->fp != f->fp || known->exact != f->exact)
        u->walker.registers.known = 0;
    const enum lc_step step = lc_walk(&u->walker, f);
    u->registered = *f;
    return step;
}

/* Goes from c->frame to its caller, and notes in `more` how that was found. */
static LC_ALWAYS_INLINE enum lc_step step(struct capture *c, struct lc_traced_more *more)
{
    struct lc_unwinder *u = c->u;
    if (LC_UNLIKELY(!c->has_asked)) {
        lc_readable_enter(&u->walker.readable, c->from->sp);
        c->has_asked = true;
    }
    const struct lc_rule rule = lc_rules_get(&u->rules, &u->walker, &c->frame);
    more->fp_at = rule.fp_at;
    switch (rule.kind) {
    case LC_RULE_SP:
    case LC_RULE_FP:
        more->link = rule.kind == LC_RULE_SP ? LC_LINK_SP : LC_LINK_FP;
        return lc_rule_apply(rule, &u->walker.readable, &c->frame);
    case LC_RULE_END:
        more->link = LC_LINK_END;
        return LC_STEP_END;
    default:
        more->link = LC_LINK_HARD;
        return step_hard(u, &c->frame);
    }
}

/* rbp of the caller of the frame at `i`, which has it as `*fp`; where it isn't saved, it stays. */
static inline bool finds_fp(const struct lc_trace *t, unsigned i, uintptr_t *fp)
{
    const struct lc_traced_more *more = &t->more[i];
    if (more->link == LC_LINK_HARD)
        *fp = more[1].fp;
    else if (more->fp_at)
        *fp = *(const uintptr_t *)(LC_TRACED_SP(&t->frame[i + 1]) + (uintptr_t)(intptr_t)more->fp_at);
    return more->fp_at || more->link == LC_LINK_HARD;
}

/* The remembered frame at `i` with rbp as it is now. Where rbp does not count it is not compared, and may have
 * changed: it is where the nearest frame inside of `i` (down to `joined`, where it is `fp`) has saved it. */
static struct lc_frame frame_now(const struct lc_trace *t, unsigned i, unsigned joined, uintptr_t fp)
{
    const struct lc_traced *f = &t->frame[i];
    for (unsigned inner = i; inner-- > joined && !finds_fp(t, inner, &fp);)
        ;
    return (struct lc_frame){lc_traced_pc(f), LC_TRACED_SP(f), fp, lc_traced_is_exact(f)};
}

/* The same for all from `joined` to `i`: they get other callers, for whom rbp may count. */
static void refresh(struct lc_trace *t, unsigned joined, unsigned i, uintptr_t fp)
{
    for (unsigned at = joined;; at++) {
        t->more[at].fp = fp;
        if (at == i)
            return;
        finds_fp(t, at, &fp);
    }
}

/* How following the remembered frames went. */
enum followed {
    FOLLOWED, /* they are the rest of the stack */
    LEFT,     /* the caller, c->frame, is not among them; the inner ones have joined the fresh */
    USELESS,  /* of a stack that was cut, too few are left; or there is no room for what has to be found */
};

static bool is_deep_enough(const struct lc_trace *t, unsigned joined)
{
    return t->ended != LC_STEP_CALLER || t->fresh_count + LC_TRACE_MAX - joined >= LC_FRAMES_KEPT;
}

/* Goes on where the frame at `i` is not linked to the next. */
static LC_NOINLINE enum followed follow_on(struct capture *c, unsigned joined, unsigned i, enum lc_step *last)
{
    struct lc_trace *t = &c->u->trace;
    const uintptr_t fp = c->frame.fp;
    for (;; i = lc_trace_follow(t, i + 1)) {
        const bool is_last = i + 1 == LC_TRACE_MAX;
        const uint8_t link = t->more[i].link;
        if (is_last && (link == LC_LINK_END || t->ended == LC_STEP_CALLER))
            return is_deep_enough(t, joined) ? FOLLOWED : USELESS;
        c->frame = frame_now(t, i, joined, fp);
        *last = step(c, &t->more[i]);
        if (is_last && *last == t->ended) {
            t->more[i].link = link;
            return FOLLOWED;
        }
        if (is_last || *last != LC_STEP_CALLER || t->more[i].link != link ||
            !lc_traced_is(&t->frame[i + 1], &t->more[i + 1], &c->frame)) {
            refresh(t, joined, i, fp);
            return lc_trace_take(t, joined, i + 1) ? LEFT : USELESS;
        }
        t->more[i + 1].fp = c->frame.fp;
    }
}

/* From the remembered frame at `joined`, which is c->frame. */
static LC_ALWAYS_INLINE enum followed follow(struct capture *c, unsigned joined, enum lc_step *last)
{
    const struct lc_trace *t = &c->u->trace;
    const unsigned i = lc_trace_follow(t, joined);
    if (LC_LIKELY(i + 1 == LC_TRACE_MAX && t->more[i].link == LC_LINK_END))
        return FOLLOWED;
    return follow_on(c, joined, i, last);
}

static void restart(struct capture *c)
{
    lc_trace_forget(&c->u->trace);
    c->frame = (struct lc_frame){c->from->pc, c->from->sp, c->from->fp, false};
}

/* Rules follow three registers. Now and then an interrupted function, or a caller of one, has its frame in
 * another (hand-written code; OpenSSL's): then all frames are walked with all registers. */
static LC_COLD void unwind_in_full(struct capture *c)
{
    struct lc_unwinder *u = c->u;
    enum lc_step last;
    restart(c);
    u->walker.registers.known = 0;
    do {
        struct lc_traced_more *more = lc_trace_add(&u->trace, &c->frame);
        more->fp_at = 0;
        more->link = LC_LINK_HARD;
        last = lc_walk(&u->walker, &c->frame);
    } while (last == LC_STEP_CALLER && u->trace.fresh_count < LC_FRESH_MAX);
    u->registered = c->frame;
    lc_trace_settle(&u->trace, LC_TRACE_MAX, last);
}

/* Where in the trace to look for the first frame: from where the last capture began, inwards or outwards. */
static unsigned first_candidate(const struct lc_trace *t, uintptr_t sp)
{
    unsigned i = t->at;
    while (i > t->head && t->frame[i - 1].sp >= sp)
        i--;
    return i;
}

/* Finds the frames that are not remembered, until one is. */
static void find_frames(struct capture *c)
{
    struct lc_trace *t = &c->u->trace;
    enum lc_step last = LC_STEP_CALLER;
    unsigned next = first_candidate(t, c->frame.sp);
    while (last == LC_STEP_CALLER && t->fresh_count < LC_FRESH_MAX) {
        next = lc_trace_seek(t, next, c->frame.sp);
        if (next == LC_TRACE_MAX || !lc_traced_is(&t->frame[next], &t->more[next], &c->frame)) {
            last = step(c, lc_trace_add(t, &c->frame));
            continue;
        }
        switch (follow(c, next, &last)) {
        case FOLLOWED:
            lc_trace_settle(t, next, t->ended);
            lc_branches_add(&c->u->branches, t, next);
            return;
        case USELESS:
            restart(c);
            last = LC_STEP_CALLER;
            next = t->at;
            break;
        case LEFT:
            next++;
            break;
        }
    }
    if (LC_UNLIKELY(last == LC_STEP_BLIND))
        unwind_in_full(c);
    else
        lc_trace_settle(t, LC_TRACE_MAX, last);
}

/* What was learned under another generation is forgotten; and what was learned by a capture that a signal
 * handler left with longjmp, which leaves it at 0. */
static inline uint64_t enter(struct lc_unwinder *u)
{
    const uint64_t now = __atomic_load_n(&lc_unwind_generation, __ATOMIC_ACQUIRE);
    if (LC_UNLIKELY(u->generation != now)) {
        if (u->is_used) {
            lc_rules_forget(&u->rules);
            u->branches = (struct lc_branches){0};
        }
        u->is_used = true;
        lc_trace_forget(&u->trace);
        u->walker.readable = (struct lc_readable){0};
    }
    u->generation = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return now;
}

static inline void leave(struct lc_unwinder *u, uint64_t learned)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    u->generation = learned;
}

static void unwind_frame_by_frame(struct lc_unwinder *u, const struct lc_context *from)
{
    struct capture c = {.u = u, .from = from, .frame = {from->pc, from->sp, from->fp, false}};
    const uint64_t learned = enter(u);
    find_frames(&c);
    leave(u, learned);
}

LC_NOINLINE uint64_t lc_unwind_anew(struct lc_unwinder *u, const struct lc_context *from)
{
    if (LC_LIKELY(u->generation == __atomic_load_n(&lc_unwind_generation, __ATOMIC_ACQUIRE))) {
        const uint64_t name = lc_branches_find(&u->branches, &u->trace, from);
        if (LC_LIKELY(name))
            return name;
    }
    unwind_frame_by_frame(u, from);
    return u->trace.more[u->trace.at].name;
}

uint64_t lc_unwind(struct lc_unwinder *u, const struct lc_context *from)
{
    return lc_unwinder_capture(u, from);
}

struct lc_unwound lc_unwound(struct lc_unwinder *u, const struct lc_context *from, uint64_t name)
{
    struct lc_trace *t = &u->trace;
    if (t->more[t->at].name != name) /* a branch */
        unwind_frame_by_frame(u, from);
    const unsigned at = t->at;
    return (struct lc_unwound){&t->frame[at], &t->more[at], LC_TRACE_MAX - at, t->ended != LC_STEP_END};
}
