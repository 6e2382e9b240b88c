/* The table of live blocks. Its hash is the address itself: a directory of 64 MiB regions, and in each one
 * slot per granule of heap, which belongs to whoever owns the block that starts there. So a correct program
 * never has two threads at one slot, and putting and taking are plain stores, with no lock and no probe.
 * What shares a granule with another live block, or has an address that no slot can tell, goes to a side
 * table behind a lock. */
#ifndef LC_RECORD_HEAP_H
#define LC_RECORD_HEAP_H

#include "base/lock.h"
#include "base/range.h"

#define LC_HEAP_REGION_BITS 26
#define LC_HEAP_ADDRESS_BITS 47 /* user addresses of four-level paging; what lies above goes to the side table */

enum lc_heap_answer {
    LC_HEAP_TAKEN,  /* it was live; it no longer is */
    LC_HEAP_FREED,  /* it was live once, and freed */
    LC_HEAP_UNKNOWN /* no block was ever seen to start there, or another one took its place */
};

/* `granule` is 32 where blocks are at least 32 bytes apart and 16-aligned (glibc), 8 for every other
 * allocator. Once, before all else. 0 or -ENOMEM: then nothing can be recorded. */
int lc_heap_init(unsigned granule);

/* Remembers a block. An older one at the same address was freed behind our back: `*replaced` is its site,
 * else LC_SITE_NONE. False when memory is exhausted: the block is then not remembered.
 * Any thread, any signal handler. */
bool lc_heap_put(uintptr_t address, uint32_t site, uint32_t *replaced);

/* Forgets a block, and tells its site unless the answer is LC_HEAP_UNKNOWN. As lc_heap_put. */
enum lc_heap_answer lc_heap_take(uintptr_t address, uint32_t *site);

/* Calls `visit` for each live block, region by region in address order, then for those of the side table in
 * no order. Blocks that come or go meanwhile may or may not be seen. */
void lc_heap_each(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context);

/* The table as it lies, for the scan: the slots (heap_slots.h) of each region that ever held a block, one a
 * granule of 1 << lc_heap_granule_bits() bytes, by address; and the blocks of the side table, in no order. */
void lc_heap_each_region(void (*visit)(void *context, uintptr_t start, const uint32_t *slots), void *context);
void lc_heap_each_side(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context);
unsigned lc_heap_granule_bits(void);

/* Whether any live block starts in `range` (the side table left out). */
bool lc_heap_is_used(struct lc_range range);

extern struct lc_lock lc_heap_lock; /* held over fork (record/fork.c) */

#endif
