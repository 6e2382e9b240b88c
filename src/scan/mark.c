#include "scan/mark.h"

#include "base/arena.h"
#include "base/sys.h"
#include "scan/trail.h"

#include <errno.h>

#define COPY_BYTES ((size_t)64 << 10)
#define AHEAD 16 /* blocks whose memory is fetched while others are scanned */

/* User addresses have 47 bits: what stands above them is a tag (or no pointer at all); so are the lowest three,
 * of a pointer to a block. */
#define HIGH_BITS (~(((uintptr_t)1 << 48) - 1))
#define LOW_BITS LC_BLOCKS_TAG

#define VISITED LC_MARK_INTERIOR     /* of lost blocks, which nothing points into */
#define VISITED_AGAIN LC_MARK_TAGGED
#define HOW_REACHED (LC_MARK_INTERIOR | LC_MARK_TAGGED | LC_MARK_POINTED)
static_assert(LC_HEURISTIC_COUNT <= 4, "two bits of the mark of a reachable block");

int lc_marker_init(struct lc_marker *m, size_t most)
{
    m->capacity = most / sizeof m->list[0];
    m->list = lc_pages_map(most, "scan");
    m->copy = lc_pages_map(COPY_BYTES, "scan");
    m->told = lc_pages_map(sizeof *m->told, "scan");
    m->count = 0;
    m->has_pending = false;
    if (m->list && m->copy && m->told)
        return 0;
    lc_marker_release(m);
    return -ENOMEM;
}

void lc_marker_release(struct lc_marker *m)
{
    if (m->list)
        lc_pages_unmap(m->list, m->capacity * sizeof m->list[0]);
    if (m->copy)
        lc_pages_unmap(m->copy, COPY_BYTES);
    if (m->told)
        lc_pages_unmap(m->told, sizeof *m->told);
    m->list = NULL;
    m->copy = NULL;
    m->told = NULL;
}

static void push(struct lc_marker *m, lc_block_ref ref, uint8_t *mark)
{
    if (LC_LIKELY(m->count < m->capacity)) {
        m->list[m->count++] = ref;
        return;
    }
    *mark |= LC_MARK_PENDING;
    m->has_pending = true;
}

static inline bool is_unreached(uint8_t mark)
{
    return (mark & LC_MARK_CLASS) == LC_UNREACHED;
}

static void set_class(uint8_t *mark, enum lc_mark_class class)
{
    *mark = (uint8_t)((*mark & ~LC_MARK_CLASS) | class);
}

/* Of a reachable block: 0 when a pointer to its start makes it so, else what does. */
static uint8_t how_reached(const struct lc_marker *m, enum lc_heuristic heuristic)
{
    if (LC_UNLIKELY(m->is_suppressing))
        return LC_MARK_POINTED;
    return heuristic == LC_HEURISTIC_NONE ? 0 : (uint8_t)(LC_MARK_INTERIOR | heuristic * LC_MARK_TAGGED);
}

/* A pointer to the start, or what is as good. `heuristic` says why, when it is not the start. */
static void reach(struct lc_marker *m, lc_block_ref ref, uint8_t *mark, uintptr_t at, enum lc_heuristic heuristic)
{
    uint8_t how = how_reached(m, heuristic);
    if ((*mark & LC_MARK_CLASS) == LC_REACHABLE) {
        if (!how)
            *mark &= (uint8_t)~HOW_REACHED; /* found by a heuristic before, and no longer only so */
        return;
    }
    *mark = (uint8_t)((*mark & ~HOW_REACHED) | how);
    set_class(mark, LC_REACHABLE);
    if (LC_UNLIKELY(m->trail != NULL))
        lc_trail_note(m->trail, ref, at, true);
    push(m, ref, mark);
}

static enum lc_heuristic heuristic_of(struct lc_marker *m, lc_block_ref ref, uintptr_t pointer)
{
    struct lc_range block = lc_blocks_range(m->blocks, ref);
    if (!m->heuristics || (ref & LC_EXTRA_BIT) || !lc_residency_has(m->residency, block.start) ||
        !lc_residency_has(m->residency, pointer))
        return LC_HEURISTIC_NONE;
    return lc_heuristics_find(m->heuristics, &m->segments, block, pointer);
}

static LC_NOINLINE void reach_inside(struct lc_marker *m, lc_block_ref ref, uint8_t *mark, uintptr_t value, bool is_tagged,
                                     uintptr_t at)
{
    if (!is_unreached(*mark))
        return;
    enum lc_heuristic h = is_tagged ? LC_HEURISTIC_NONE : heuristic_of(m, ref, value);
    if (h != LC_HEURISTIC_NONE) {
        reach(m, ref, mark, at, h);
        return;
    }
    *mark |= is_tagged ? LC_MARK_TAGGED : LC_MARK_INTERIOR;
    if (LC_UNLIKELY(m->trail != NULL))
        lc_trail_note(m->trail, ref, at, false);
}

/* The word at `at` leads to `ref`: to its start, or inside. */
static LC_ALWAYS_INLINE void found(struct lc_marker *m, lc_block_ref ref, uintptr_t value, bool is_start, bool is_tagged,
                                   uintptr_t at, enum lc_phase phase)
{
    uint8_t *mark = lc_blocks_mark(m->blocks, ref);
    switch (phase) {
    case LC_PHASE_REACH:
        if (LC_LIKELY(is_start))
            reach(m, ref, mark, at, LC_HEURISTIC_NONE);
        else
            reach_inside(m, ref, mark, value, is_tagged, at);
        return;
    case LC_PHASE_POSSIBLE:
        if (!is_unreached(*mark))
            return;
        *mark |= LC_MARK_INTERIOR;
        set_class(mark, LC_POSSIBLE);
        if (LC_UNLIKELY(m->trail != NULL))
            lc_trail_note(m->trail, ref, at, false);
        break;
    case LC_PHASE_POINT:
        if (is_unreached(*mark) && ref != m->self)
            *mark |= LC_MARK_POINTED;
        return;
    case LC_PHASE_VISIT:
    case LC_PHASE_VISIT_AGAIN: {
        const uint8_t bit = phase == LC_PHASE_VISIT ? VISITED : VISITED_AGAIN;
        if (!is_unreached(*mark) || *mark & bit)
            return;
        *mark |= bit;
        break;
    }
    case LC_PHASE_INDIRECT:
        if (!is_unreached(*mark) || ref == m->self)
            return;
        set_class(mark, LC_INDIRECT);
        m->on_indirect(m->context, ref);
        break;
    }
    push(m, ref, mark);
}

/* A block in a slot that starts at exactly `address`. */
static LC_ALWAYS_INLINE bool is_start_of_block(const struct lc_blocks *b, uintptr_t address)
{
    const uint8_t *marks = lc_blocks_marks(b, address);
    if (!marks || !lc_blocks_has_page(marks, lc_blocks_granule(b, address)))
        return false;
    uint8_t mark = marks[lc_blocks_granule(b, address)];
    uintptr_t low = address & (((uintptr_t)1 << b->granule_bits) - 1);
    return mark & LC_MARK_LIVE && low == (mark & LC_MARK_MIDDLE ? 16u : 0u);
}

/* Out of line: what is neither a plain pointer to a start nor certainly none. */
static LC_NOINLINE void look_tagged(struct lc_marker *m, uintptr_t value, uintptr_t at, enum lc_phase phase)
{
    uintptr_t start = value & ~(HIGH_BITS | LOW_BITS);
    lc_block_ref ref = start >> LC_HEAP_ADDRESS_BITS ? LC_BLOCK_NONE : lc_blocks_find(m->blocks, start);
    if (ref != LC_BLOCK_NONE && lc_blocks_range(m->blocks, ref).start == start)
        found(m, ref, start, false, true, at, phase);
}

/* A pointer to the start of a block is looked at even so: it says more than the others did. */
static LC_ALWAYS_INLINE bool is_told(const struct lc_told *t, uintptr_t value)
{
    const struct lc_range *mapping = &t->mappings[value >> 24 & (LC_TOLD_MAPPINGS - 1)];
    const struct lc_range *block = &t->blocks[value / LC_PAGE_SIZE & (LC_TOLD_BLOCKS - 1)];
    const struct lc_range *gap = &t->gaps[value / LC_BLOCKS_REGION_SIZE & (LC_TOLD_GAPS - 1)];
    return lc_range_has(*gap, value) || lc_range_has(*mapping, value) || (value > block->start && value < block->end);
}

static LC_ALWAYS_INLINE void tell(struct lc_marker *m, lc_block_ref ref, uintptr_t value, struct lc_range r, bool is_mapping)
{
    if (is_unreached(*lc_blocks_mark(m->blocks, ref)))
        return;
    if (is_mapping)
        m->told->mappings[value >> 24 & (LC_TOLD_MAPPINGS - 1)] = r;
    else
        m->told->blocks[value / LC_PAGE_SIZE & (LC_TOLD_BLOCKS - 1)] = r;
}

static LC_ALWAYS_INLINE void look_closer(struct lc_marker *m, uintptr_t value, uintptr_t at, enum lc_phase phase)
{
    if (is_told(m->told, value))
        return;
    lc_block_ref ref = lc_blocks_find(m->blocks, value);
    if (ref == LC_BLOCK_NONE) {
        if (value & LOW_BITS) /* the tag leads out of a block that is shorter */
            look_tagged(m, value, at, phase);
        m->told->gaps[value / LC_BLOCKS_REGION_SIZE & (LC_TOLD_GAPS - 1)] = lc_blocks_gap(m->blocks, value);
        return;
    }
    struct lc_range r = lc_blocks_range(m->blocks, ref);
    bool is_mapping = lc_blocks_site(m->blocks, ref) == LC_SITE_NONE;
    bool is_behind = value == r.end && !lc_range_is_empty(r); /* new T[0] */
    bool is_start = is_mapping || value == r.start || is_behind;
    found(m, ref, value, is_start, !is_start && value - r.start <= LOW_BITS, at, phase);
    tell(m, ref, value, r, is_mapping);
}

static LC_ALWAYS_INLINE void look(struct lc_marker *m, uintptr_t value, uintptr_t at, enum lc_phase phase)
{
    const struct lc_blocks *b = m->blocks;
    const uintptr_t span = lc_range_size(b->span);
    if (LC_LIKELY(value - b->span.start >= span)) {
        if (LC_UNLIKELY((value & HIGH_BITS) && (value & ~HIGH_BITS) - b->span.start < span))
            look_tagged(m, value, at, phase);
        return;
    }
    if (LC_LIKELY(!(value >> LC_HEAP_ADDRESS_BITS) && is_start_of_block(b, value)))
        found(m, value, value, true, false, at, phase);
    else
        look_closer(m, value, at, phase);
}

static LC_ALWAYS_INLINE void scan_words_as(struct lc_marker *m, const uintptr_t *words, size_t count, uintptr_t at,
                                           enum lc_phase phase)
{
    for (size_t i = 0; i < count; i++)
        look(m, words[i], at + i * sizeof words[0], phase);
}

/* `at`: where the words stand in the process, if these are copies. */
static void scan_words(struct lc_marker *m, const uintptr_t *words, size_t count, uintptr_t at)
{
    switch (m->phase) {
    case LC_PHASE_REACH:
        scan_words_as(m, words, count, at, LC_PHASE_REACH);
        break;
    case LC_PHASE_POSSIBLE:
        scan_words_as(m, words, count, at, LC_PHASE_POSSIBLE);
        break;
    case LC_PHASE_POINT:
        scan_words_as(m, words, count, at, LC_PHASE_POINT);
        break;
    case LC_PHASE_VISIT:
        scan_words_as(m, words, count, at, LC_PHASE_VISIT);
        break;
    case LC_PHASE_VISIT_AGAIN:
        scan_words_as(m, words, count, at, LC_PHASE_VISIT_AGAIN);
        break;
    case LC_PHASE_INDIRECT:
        scan_words_as(m, words, count, at, LC_PHASE_INDIRECT);
        break;
    }
}

static void scan_copies(struct lc_marker *m, struct lc_range r)
{
    while (!lc_range_is_empty(r)) {
        size_t len = lc_range_size(r) < COPY_BYTES ? lc_range_size(r) : COPY_BYTES;
        ssize_t got = lc_sys_copy(m->copy, r.start, len);
        if (got > 0)
            scan_words(m, m->copy, (size_t)got / sizeof m->copy[0], r.start);
        r.start += len;
    }
}

static struct lc_range aligned(struct lc_range r)
{
    return (struct lc_range){lc_align_up(r.start, sizeof(uintptr_t)), lc_align_down(r.end, sizeof(uintptr_t))};
}

/* Of words: where they are resident. */
static void scan_range(struct lc_marker *m, struct lc_range r)
{
    for (r = aligned(r); !lc_range_is_empty(r);) {
        struct lc_range run = lc_residency_next(m->residency, r);
        if (lc_range_is_empty(run))
            return;
        if (LC_UNLIKELY(m->is_guarded))
            scan_copies(m, run);
        else
            scan_words(m, (const uintptr_t *)run.start, lc_range_size(run) / sizeof(uintptr_t), run.start);
        r.start = run.end;
    }
}

static void scan_block(struct lc_marker *m, lc_block_ref ref)
{
    if (LC_UNLIKELY(ref & LC_EXTRA_BIT && m->blocks->extras[ref & ~LC_EXTRA_BIT].is_opaque))
        return;
    struct lc_range r = lc_blocks_range(m->blocks, ref);
    if (lc_range_size(r) < sizeof(uintptr_t))
        return;
    if (m->phase == LC_PHASE_POINT)
        m->self = ref;
    if (LC_LIKELY(!m->is_guarded && r.start / LC_PAGE_SIZE == (r.end - 1) / LC_PAGE_SIZE &&
                  lc_residency_has(m->residency, r.start))) {
        r = aligned(r);
        scan_words(m, (const uintptr_t *)r.start, lc_range_size(r) / sizeof(uintptr_t), r.start);
        return;
    }
    scan_range(m, r);
}

static void fetch(const struct lc_marker *m, lc_block_ref ref)
{
    if (LC_UNLIKELY(ref & LC_EXTRA_BIT))
        return;
    __builtin_prefetch(lc_blocks_slot(m->blocks, ref));
    __builtin_prefetch((const void *)ref);
}

/* Scans what is listed, and what that leads to. The next few wait in a ring while their memory comes. */
static void drain_list(struct lc_marker *m)
{
    lc_block_ref ring[AHEAD];
    unsigned first = 0, count = 0;
    for (;;) {
        while (count < AHEAD && m->count) {
            lc_block_ref ref = m->list[--m->count];
            fetch(m, ref);
            ring[(first + count++) % AHEAD] = ref;
        }
        if (!count)
            return;
        scan_block(m, ring[first]);
        first = (first + 1) % AHEAD;
        count--;
    }
}

static void drain_pending(void *context, lc_block_ref ref, uint8_t *mark)
{
    struct lc_marker *m = context;
    if (!(*mark & LC_MARK_PENDING))
        return;
    *mark &= (uint8_t)~LC_MARK_PENDING;
    scan_block(m, ref);
    drain_list(m);
}

static void drain(struct lc_marker *m)
{
    drain_list(m);
    while (m->has_pending) {
        m->has_pending = false;
        lc_blocks_each(m->blocks, drain_pending, m);
    }
}

void lc_marker_range(struct lc_marker *m, struct lc_range r)
{
    scan_range(m, r);
    drain(m);
}

void lc_marker_words(struct lc_marker *m, const uintptr_t *words, size_t count)
{
    scan_words(m, words, count, (uintptr_t)words);
    drain(m);
}

void lc_marker_block(struct lc_marker *m, lc_block_ref ref)
{
    scan_block(m, ref);
    drain(m);
}

void lc_marker_hold(struct lc_marker *m, lc_block_ref ref)
{
    reach(m, ref, lc_blocks_mark(m->blocks, ref), 0, LC_HEURISTIC_NONE);
    drain(m);
}
