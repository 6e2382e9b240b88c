#include "unwind/trace.h"

#include <string.h>

void lc_trace_forget(struct lc_trace *t)
{
    t->head = t->at = LC_TRACE_MAX;
    t->fresh_count = 0;
}

bool lc_trace_take(struct lc_trace *t, unsigned from, unsigned to)
{
    if (t->fresh_count + to - from >= LC_FRESH_MAX)
        return false;
    for (; from < to; from++, t->fresh_count++) {
        t->fresh[t->fresh_count] = t->frame[from];
        t->fresh_more[t->fresh_count] = t->more[from];
    }
    return true;
}

/* The frame that was put last: what it needs to know of the one inside of it is not known yet. */
struct outer {
    uintptr_t sp;
    uint64_t name;
    bool needs_fp;
};

static LC_ALWAYS_INLINE uintptr_t flagged(uintptr_t sp, bool needs_fp)
{
    return sp | (needs_fp ? LC_TRACED_NEEDS_FP : 0);
}

/* Puts a fresh frame at `i`, inside of `*outer` at `i` + 1. */
static LC_ALWAYS_INLINE void put(struct lc_trace *t, unsigned i, unsigned fresh, struct outer *outer)
{
    const struct lc_traced_more *more = &t->fresh_more[fresh];
    const uintptr_t pc = t->fresh[fresh].pc, sp = LC_TRACED_SP(&t->fresh[fresh]);
    const bool is_found_anew = more->link == LC_LINK_HARD, saves_fp = more->fp_at;
    const bool is_close = is_found_anew || (saves_fp && outer->needs_fp) || outer->sp <= sp;
    const bool is_new_page = ((outer->sp - 8) ^ (sp - 8)) >= LC_PAGE_SIZE;
    t->frame[i + 1].sp = flagged(outer->sp, outer->needs_fp) | (is_close ? LC_TRACED_CLOSELY : 0) |
                         (is_new_page ? LC_TRACED_NEW_PAGE : 0);
    outer->needs_fp = more->link == LC_LINK_FP || is_found_anew || (!saves_fp && outer->needs_fp);
    outer->name = lc_traced_name(outer->name, pc);
    outer->sp = sp;
    t->frame[i].pc = pc;
    t->more[i] = (struct lc_traced_more){outer->name, more->fp, 0, more->fp_at, more->link};
}

/* What the names of stacks that end so begin with. */
static uint64_t first_name(enum lc_step ended)
{
    return ended == LC_STEP_END ? 0 : ended == LC_STEP_CALLER ? 2 : LC_NAME_LOST;
}

/* The outermost frame is linked to nothing. */
static void put_last(struct lc_trace *t, unsigned fresh, struct outer *outer)
{
    const unsigned last = LC_TRACE_MAX - 1;
    put(t, last, fresh, outer);
    if (t->more[last].link != LC_LINK_END)
        t->more[last].link = LC_LINK_HARD;
}

/* For lc_traced_are_linked, which may look at three frames beyond the outermost. */
static void repeat_last(struct lc_trace *t)
{
    for (unsigned i = LC_TRACE_MAX; i < LC_TRACE_MAX + 3; i++)
        t->frame[i] = t->frame[LC_TRACE_MAX - 1];
}

/* Cuts the outermost frames off, and takes the rest to the fresh ones: they get other names. */
static void cut(struct lc_trace *t, unsigned to)
{
    lc_trace_take(t, to, to + LC_FRESH_MAX - 1 - t->fresh_count);
    t->ended = LC_STEP_CALLER;
}

void lc_trace_insert(struct lc_trace *t, unsigned to, enum lc_step ended)
{
    if (t->fresh_count > to) {
        cut(t, to);
        to = LC_TRACE_MAX;
    } else if (to == LC_TRACE_MAX) {
        t->ended = ended;
    }
    unsigned n = t->fresh_count, i = to;
    struct outer outer = {UINTPTR_MAX & ~(uintptr_t)7, first_name(t->ended), false};
    if (to == LC_TRACE_MAX)
        put_last(t, --n, &outer), i--;
    else
        outer = (struct outer){LC_TRACED_SP(&t->frame[to]), t->more[to].name, t->frame[to].sp & LC_TRACED_NEEDS_FP};
    while (n-- > 0)
        put(t, --i, n, &outer);
    t->frame[i].sp = flagged(outer.sp, outer.needs_fp);
    if (LC_UNLIKELY(to >= LC_TRACE_MAX - 1))
        repeat_last(t);
    t->head = t->at = i;
    t->fresh_count = 0;
}
