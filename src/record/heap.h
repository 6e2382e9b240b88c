/* The table of live blocks. Its hash is the address itself: a directory of 64 MiB regions, and in each one
 * slot per granule of heap, which belongs to whoever owns the block that starts there. So a correct program
 * never has two threads at one slot, and putting and taking are plain stores, with no lock and no probe.
 * What shares a granule with another live block, or has an address that no slot can tell, goes to a side
 * table behind a lock. */
#ifndef LC_RECORD_HEAP_H
#define LC_RECORD_HEAP_H

#include "base/lock.h"
#include "base/range.h"
#include "record/heap_slots.h"

#define LC_HEAP_REGION_BITS 26
#define LC_HEAP_ADDRESS_BITS 47 /* user addresses of four-level paging; what lies above goes to the side table */
#define LC_HEAP_REGION_SIZE ((uintptr_t)1 << LC_HEAP_REGION_BITS)

struct lc_heap {
    uint32_t **directory; /* one array of slots a region; atomic */
    uintptr_t unaligned;  /* address bits that must be 0 */
    uint32_t granule_bits;
    uint32_t middle_bits; /* of the address: in the middle of a granule */
    uint32_t side_count;  /* atomic: the side table is left alone while it is empty */
};
extern struct lc_heap lc_heap; /* its owner is heap.c */

/* The slot of `address`, or NULL when it has none, or none yet. */
static LC_ALWAYS_INLINE uint32_t *lc_heap_slot(uintptr_t address)
{
    if (LC_UNLIKELY(address >> LC_HEAP_ADDRESS_BITS || address & lc_heap.unaligned))
        return NULL;
    uint32_t *slots = __atomic_load_n(&lc_heap.directory[address >> LC_HEAP_REGION_BITS], __ATOMIC_ACQUIRE);
    return LC_LIKELY(slots != NULL) ? &slots[(address & (LC_HEAP_REGION_SIZE - 1)) >> lc_heap.granule_bits] : NULL;
}

static inline uint32_t lc_slot_middle(uintptr_t address)
{
    return address & lc_heap.middle_bits ? LC_SLOT_MIDDLE : 0;
}

enum lc_heap_answer {
    LC_HEAP_TAKEN,  /* it was live; it no longer is */
    LC_HEAP_FREED,  /* it was live once, and freed */
    LC_HEAP_UNKNOWN /* no block was ever seen to start there, or another one took its place */
};

/* `granule` is 32 where blocks are at least 32 bytes apart and 16-aligned (glibc), 8 for every other
 * allocator. Once, before all else. 0 or -ENOMEM: then nothing can be recorded. */
int lc_heap_init(unsigned granule);

/* The slow halves of the two below. */
bool lc_heap_put_slowly(uintptr_t address, uint32_t site, uint32_t *replaced);
enum lc_heap_answer lc_heap_take_slowly(uintptr_t address, uint32_t *site);

/* Remembers a block. An older one at the same address was freed behind our back: `*replaced` is its site,
 * else LC_SITE_NONE. False when memory is exhausted: the block is then not remembered. `slot` is its lc_heap_slot().
 * Any thread, any signal handler. */
static LC_ALWAYS_INLINE bool lc_heap_put_at(uint32_t *slot, uintptr_t address, uint32_t site, uint32_t *replaced)
{
    *replaced = LC_SITE_NONE;
    if (LC_UNLIKELY(!slot || lc_slot_is_live(*slot) || __atomic_load_n(&lc_heap.side_count, __ATOMIC_RELAXED)))
        return lc_heap_put_slowly(address, site, replaced);
    *slot = (site + 1) | lc_slot_middle(address);
    return true;
}

static inline bool lc_heap_put(uintptr_t address, uint32_t site, uint32_t *replaced)
{
    return lc_heap_put_at(lc_heap_slot(address), address, site, replaced);
}

/* Forgets a block, and tells its site unless the answer is LC_HEAP_UNKNOWN. As lc_heap_put. */
static LC_ALWAYS_INLINE enum lc_heap_answer lc_heap_take(uintptr_t address, uint32_t *site)
{
    uint32_t *slot = lc_heap_slot(address);
    const uint32_t old = slot ? *slot : 0;
    if (LC_UNLIKELY(!lc_slot_is_live(old) || (old & LC_SLOT_MIDDLE) != lc_slot_middle(address)))
        return lc_heap_take_slowly(address, site);
    *slot = old | LC_SLOT_FREED;
    *site = lc_slot_number(old);
    return LC_HEAP_TAKEN;
}

/* Calls `visit` for each live block with the index of its site, region by region in address order, then for those of the side table in
 * no order. Blocks that come or go meanwhile may or may not be seen. */
void lc_heap_each(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context);

/* The table as it lies, for the scan: the slots (heap_slots.h) of each region that ever held a block, one a
 * granule of 1 << lc_heap.granule_bits bytes, by address; and the blocks of the side table, in no order. */
void lc_heap_each_region(void (*visit)(void *context, uintptr_t start, const uint32_t *slots), void *context);
void lc_heap_each_side(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context);

/* The pages of a region's `slots` that a block ever started in: to read another one would cost a page fault. */
#define LC_HEAP_SLOTS_PER_PAGE (LC_PAGE_SIZE / sizeof(uint32_t))
void lc_heap_each_page(const uint32_t *slots, void (*visit)(void *context, const uint32_t *page), void *context);

/* Whether any live block starts in `range` (the side table left out). */
bool lc_heap_is_used(struct lc_range range);

extern struct lc_lock lc_heap_lock; /* held over fork (record/fork.c) */

#endif
