/* Which memory is glibc's malloc's: the break, the heaps of its arenas, chunks with a mapping of their own, and
 * the main arena inside libc. Pointers there are its own, to free memory as well as to none, and hold nothing. */
#ifndef LC_SCAN_ALLOCATOR_H
#define LC_SCAN_ALLOCATOR_H

#include "scan/areas.h"
#include "scan/blocks.h"
#include "vm/region.h"
#include "vm/residency.h"

/* The arena in `data` (libc's): empty when it is not found. `data` is readable. */
struct lc_range lc_allocator_main_arena(struct lc_range data);

/* Adds to `a` what is malloc's of the regions, whose pages are in `r`. */
void lc_allocator_find(struct lc_areas *a, const struct lc_vm_region *regions, size_t count, const struct lc_blocks *b,
                       const struct lc_residency *r);

#endif
