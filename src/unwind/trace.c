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

/* Puts a frame inside of the one at `i` + 1, whose stack is called `outer_name`. */
static LC_ALWAYS_INLINE uint64_t put(struct lc_trace *t, unsigned i, const struct lc_traced *f,
                                     const struct lc_traced_more *more, uint64_t outer_name)
{
    const uint64_t name = (lc_hash_mix(outer_name, f->pc) & ~LC_NAME_LOST) | (outer_name & LC_NAME_LOST);
    const uintptr_t sp = LC_TRACED_SP(f), outer_sp = t->frame[i + 1].sp;
    const bool is_found_anew = more->link == LC_LINK_HARD, saves_fp = more->fp_at;
    const bool caller_needs_fp = outer_sp & LC_TRACED_NEEDS_FP;
    const bool needs_fp = more->link == LC_LINK_FP || is_found_anew || (!saves_fp && caller_needs_fp);
    const bool is_close = is_found_anew || (saves_fp && caller_needs_fp) || outer_sp <= sp;
    const bool is_new_page = ((outer_sp - 8) ^ (sp - 8)) >= LC_PAGE_SIZE;
    t->frame[i + 1].sp = (outer_sp & ~(LC_TRACED_CLOSELY | LC_TRACED_NEW_PAGE)) | (is_close ? LC_TRACED_CLOSELY : 0) |
                         (is_new_page ? LC_TRACED_NEW_PAGE : 0);
    t->frame[i] = (struct lc_traced){f->pc, sp | (needs_fp ? LC_TRACED_NEEDS_FP : 0)};
    t->more[i] = (struct lc_traced_more){name, more->fp, 0, more->fp_at, more->link};
    return name;
}

/* What the names of stacks that end so begin with. */
static uint64_t first_name(enum lc_step ended)
{
    return ended == LC_STEP_END ? 0 : ended == LC_STEP_CALLER ? 2 : LC_NAME_LOST;
}

/* The outermost frame is linked to nothing. */
static uint64_t put_last(struct lc_trace *t, const struct lc_traced *f, const struct lc_traced_more *more)
{
    const unsigned last = LC_TRACE_MAX - 1;
    const uint64_t name = put(t, last, f, more, first_name(t->ended));
    if (more->link != LC_LINK_END)
        t->more[last].link = LC_LINK_HARD;
    return name;
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
    uint64_t name;
    if (to == LC_TRACE_MAX) {
        t->frame[to].sp = 0;
        n--, i--;
        name = put_last(t, &t->fresh[n], &t->fresh_more[n]);
    } else {
        name = t->more[to].name;
    }
    while (n-- > 0) {
        i--;
        name = put(t, i, &t->fresh[n], &t->fresh_more[n], name);
    }
    if (LC_UNLIKELY(to >= LC_TRACE_MAX - 1))
        repeat_last(t);
    t->head = t->at = i;
    t->fresh_count = 0;
}
