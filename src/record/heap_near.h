/* Where blocks start round an address, freed ones, too, as long as the table has them: a slot tells of the last block that
 * started there. For the report of a crash: no block comes or goes meanwhile. Those of the side table are not seen. */
#ifndef LC_RECORD_HEAP_NEAR_H
#define LC_RECORD_HEAP_NEAR_H

#include "base/range.h"

struct lc_heap_start {
    struct lc_range range; /* the bytes that were asked for */
    uint32_t site;         /* its number */
    bool is_freed;
};

/* The last one at or before `address`, or the first one behind it, within `reach` bytes. False when there is none. */
bool lc_heap_before(uintptr_t address, uintptr_t reach, struct lc_heap_start *out);
bool lc_heap_behind(uintptr_t address, uintptr_t reach, struct lc_heap_start *out);

#endif
