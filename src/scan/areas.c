#include "scan/areas.h"

#include "base/arena.h"
#include "base/sort.h"

void lc_areas_add(struct lc_areas *a, enum lc_area_kind kind, struct lc_range range, uint32_t tag)
{
    struct lc_area_list *list = &a->lists[kind];
    if (lc_range_is_empty(range))
        return;
    if (list->count == list->capacity) {
        struct lc_area *more = lc_pages_grow(list->at, &list->capacity, sizeof *more, "scan");
        if (!more) {
            a->is_full = true;
            return;
        }
        list->at = more;
    }
    list->at[list->count++] = (struct lc_area){range, tag};
}

static int by_start(const void *va, const void *vb)
{
    const struct lc_area *a = va, *b = vb;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

void lc_areas_sort(struct lc_areas *a)
{
    for (unsigned kind = 0; kind < LC_AREA_KINDS; kind++)
        if (a->lists[kind].at)
            lc_sort(a->lists[kind].at, a->lists[kind].count, sizeof a->lists[kind].at[0], by_start);
}

void lc_areas_release(struct lc_areas *a)
{
    for (unsigned kind = 0; kind < LC_AREA_KINDS; kind++)
        if (a->lists[kind].at)
            lc_pages_unmap(a->lists[kind].at, a->lists[kind].capacity * sizeof a->lists[kind].at[0]);
    *a = (struct lc_areas){0};
}

/* Who has `start`, and up to where nobody else has. */
static enum lc_area_kind owner(struct lc_areas *a, uintptr_t start, uintptr_t *end, enum lc_area_kind rest, uint32_t *tag)
{
    for (unsigned kind = 0; kind < LC_AREA_KINDS; kind++) {
        struct lc_area_list *list = &a->lists[kind];
        while (list->cursor < list->count && list->at[list->cursor].range.end <= start)
            list->cursor++;
        if (list->cursor == list->count)
            continue;
        const struct lc_area *next = &list->at[list->cursor];
        if (next->range.start <= start) {
            *end = next->range.end < *end ? next->range.end : *end;
            *tag = next->tag;
            return (enum lc_area_kind)kind;
        }
        if (next->range.start < *end)
            *end = next->range.start;
    }
    *tag = 0;
    return rest;
}

void lc_areas_cut(struct lc_areas *a, struct lc_range range, enum lc_area_kind rest,
                  void (*visit)(void *context, enum lc_area_kind kind, struct lc_range piece, uint32_t tag), void *context)
{
    while (!lc_range_is_empty(range)) {
        struct lc_range piece = range;
        uint32_t tag;
        enum lc_area_kind kind = owner(a, range.start, &piece.end, rest, &tag);
        visit(context, kind, piece, tag);
        range.start = piece.end;
    }
}
