/* What an address is, for the heuristics: the regions of the process, by address. Pure. */
#ifndef LC_SCAN_SEGMENTS_H
#define LC_SCAN_SEGMENTS_H

#include "vm/region.h"

struct lc_segments {
    const struct lc_vm_region *regions; /* by address */
    size_t count;
};

/* The region that `address` lies in, or NULL. */
static inline const struct lc_vm_region *lc_segments_find(const struct lc_segments *s, uintptr_t address)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->regions[middle].range.end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->count && s->regions[low].range.start <= address ? &s->regions[low] : NULL;
}

#endif
