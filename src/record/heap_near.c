#include "record/heap_near.h"

#include "record/heap.h"

/* The block of the granule that `address` is in. */
static bool start_in(uintptr_t address, struct lc_heap_start *out)
{
    const uintptr_t granule = address >> lc_heap.granule_bits << lc_heap.granule_bits;
    const uint32_t *slot = lc_heap_slot(granule);
    if (!slot || !*slot)
        return false;
    const uintptr_t start = granule + lc_slot_offset(*slot);
    out->site = lc_slot_number(*slot);
    out->range = (struct lc_range){start, start + lc_site_get(out->site).size};
    out->is_freed = !lc_slot_is_live(*slot);
    return true;
}

bool lc_heap_before(uintptr_t address, uintptr_t reach, struct lc_heap_start *out)
{
    const uintptr_t granule = (uintptr_t)1 << lc_heap.granule_bits;
    for (uintptr_t back = 0; back <= reach && back <= address; back += granule)
        if (start_in(address - back, out) && out->range.start <= address)
            return true;
    return false;
}

bool lc_heap_behind(uintptr_t address, uintptr_t reach, struct lc_heap_start *out)
{
    const uintptr_t granule = (uintptr_t)1 << lc_heap.granule_bits;
    for (uintptr_t on = 0; on <= reach && address + on >= address; on += granule)
        if (start_in(address + on, out) && out->range.start > address)
            return true;
    return false;
}
