#include "unwind/trace.h"

#include <string.h>

static void move(struct lc_trace *t, unsigned to, unsigned from, unsigned count)
{
    if (to != from)
        memmove(&t->frame[to], &t->frame[from], count * sizeof t->frame[0]);
}

/* Moves the frames from `to` outwards to the far end: as many as a stack can still need beside `inner`. What
 * is inside of `to` is in the lower half then, and stays where it is. */
static unsigned make_room(struct lc_trace *t, unsigned to, unsigned inner)
{
    const unsigned outer = t->end - to;
    const unsigned needed = LC_FRAMES_MAX - inner;
    const unsigned kept = outer < needed ? outer : needed;
    move(t, LC_TRACE_MAX - kept, to, kept);
    t->end = LC_TRACE_MAX;
    return LC_TRACE_MAX - kept;
}

unsigned lc_trace_splice(struct lc_trace *t, unsigned from, unsigned to, const struct lc_traced *others,
                         unsigned count)
{
    const unsigned head = t->head;
    const unsigned inner = from - head;
    if (to < inner + count)
        to = make_room(t, to, inner + count);
    t->head = to - count - inner;
    move(t, t->head, head, inner);
    memcpy(&t->frame[to - count], others, count * sizeof *others);
    return to;
}
