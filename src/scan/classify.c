#include "scan/classify.h"

#include "base/arena.h"

#include <errno.h>
#include <string.h>

struct work {
    struct lc_marker *m;
    lc_hanging_fn *hanging;
    void *context;
    lc_block_ref *heads; /* where the first pass over the cycles began */
    size_t head_count, head_capacity;
    uint64_t cycles; /* blocks that may lie on one */
    bool is_full;
};

static bool is_unreached(uint8_t mark)
{
    return (mark & LC_MARK_CLASS) == LC_UNREACHED;
}

static void start_possible(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct lc_marker *m = context;
    if (!is_unreached(*mark) || !(*mark & (LC_MARK_INTERIOR | LC_MARK_TAGGED)))
        return;
    *mark = (uint8_t)((*mark & ~LC_MARK_CLASS) | LC_POSSIBLE);
    lc_marker_block(m, ref);
}

static void note_pointed(void *context, lc_block_ref ref, uint8_t *mark)
{
    if (is_unreached(*mark))
        lc_marker_block(context, ref);
}

static void flood_from(struct work *w, lc_block_ref leader)
{
    w->m->self = leader;
    lc_marker_block(w->m, leader);
}

static void flood_from_leader(void *context, lc_block_ref ref, uint8_t *mark)
{
    if (is_unreached(*mark) && !(*mark & LC_MARK_POINTED))
        flood_from(context, ref);
}

/* What no leader leads to, and yet is pointed to. */
static bool is_left(uint8_t mark)
{
    return is_unreached(mark) && mark & LC_MARK_POINTED;
}

static void count_left(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct work *w = context;
    (void)ref;
    w->cycles += is_left(*mark);
}

static void add_head(struct work *w, lc_block_ref ref)
{
    if (w->head_count == w->head_capacity) {
        lc_block_ref *more = lc_pages_grow(w->heads, &w->head_capacity, sizeof *more, "scan");
        if (!more) {
            w->is_full = true;
            return;
        }
        w->heads = more;
    }
    w->heads[w->head_count++] = ref;
}

/* First pass, in address order: everything that is left belongs to the head from which it was first seen. */
static void visit(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct work *w = context;
    if (!is_left(*mark) || *mark & LC_MARK_INTERIOR)
        return;
    *mark |= LC_MARK_INTERIOR;
    add_head(w, ref);
    lc_marker_block(w->m, ref);
}

/* Second pass, from the last head to the first: one that no later head leads to lies in a component that no other
 * leads to. (One that did would have been seen before it, or after it; in the first case it would have taken the
 * head with it in the first pass, in the second it does so now.) All other heads are no leaders. */
static void keep_leaders(struct work *w)
{
    size_t kept = 0;
    w->m->phase = LC_PHASE_VISIT_AGAIN;
    for (size_t i = w->head_count; i-- > 0;) {
        uint8_t *mark = lc_blocks_mark(w->m->blocks, w->heads[i]);
        if (*mark & LC_MARK_TAGGED)
            continue;
        *mark |= LC_MARK_TAGGED;
        lc_marker_block(w->m, w->heads[i]);
        w->heads[w->head_count - ++kept] = w->heads[i];
    }
    memmove(w->heads, w->heads + w->head_count - kept, kept * sizeof w->heads[0]);
    w->head_count = kept;
}

static void clear_visits(void *context, lc_block_ref ref, uint8_t *mark)
{
    (void)context, (void)ref;
    if (is_left(*mark))
        *mark &= (uint8_t) ~(LC_MARK_INTERIOR | LC_MARK_TAGGED);
}

static void split_cycles(struct work *w)
{
    w->m->phase = LC_PHASE_VISIT;
    lc_blocks_each(w->m->blocks, visit, w);
    if (w->head_count)
        keep_leaders(w);
    lc_blocks_each(w->m->blocks, clear_visits, NULL);
    w->m->phase = LC_PHASE_INDIRECT;
    for (size_t i = 0; i < w->head_count; i++)
        flood_from(w, w->heads[i]);
}

static void tell_hanging(void *context, lc_block_ref ref)
{
    struct work *w = context;
    w->hanging(w->context, w->m->self, ref);
}

int lc_classify(struct lc_marker *m, lc_hanging_fn *hanging, void *context)
{
    struct work w = {.m = m, .hanging = hanging, .context = context};
    m->phase = LC_PHASE_POSSIBLE;
    lc_blocks_each(m->blocks, start_possible, m);
    m->phase = LC_PHASE_POINT;
    lc_blocks_each(m->blocks, note_pointed, m);
    m->on_indirect = tell_hanging;
    m->context = &w;
    m->phase = LC_PHASE_INDIRECT;
    lc_blocks_each(m->blocks, flood_from_leader, &w);
    lc_blocks_each(m->blocks, count_left, &w);
    if (w.cycles)
        split_cycles(&w);
    if (w.heads)
        lc_pages_unmap(w.heads, w.head_capacity * sizeof w.heads[0]);
    return w.is_full ? -ENOMEM : 0;
}
