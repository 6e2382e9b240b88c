/* Half-open address ranges: [start, end). */
#ifndef LC_BASE_RANGE_H
#define LC_BASE_RANGE_H

#include "base/compiler.h"

struct lc_range {
    uintptr_t start;
    uintptr_t end;
};

#define LC_PAGE_SIZE ((uintptr_t)4096)

static inline uintptr_t lc_range_size(struct lc_range r)
{
    return r.end - r.start;
}

static inline bool lc_range_is_empty(struct lc_range r)
{
    return r.end <= r.start;
}

static inline bool lc_range_has(struct lc_range r, uintptr_t address)
{
    return address - r.start < r.end - r.start;
}

static inline bool lc_range_overlaps(struct lc_range a, struct lc_range b)
{
    return a.start < b.end && b.start < a.end;
}

/* The bytes that are in both. */
static inline uintptr_t lc_range_overlap(struct lc_range a, struct lc_range b)
{
    uintptr_t start = a.start > b.start ? a.start : b.start;
    uintptr_t end = a.end < b.end ? a.end : b.end;
    return end > start ? end - start : 0;
}

static inline uintptr_t lc_align_up(uintptr_t value, uintptr_t power_of_two)
{
    return (value + power_of_two - 1) & ~(power_of_two - 1);
}

static inline uintptr_t lc_align_down(uintptr_t value, uintptr_t power_of_two)
{
    return value & ~(power_of_two - 1);
}

#endif
