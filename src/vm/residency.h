/* Which pages of this process are there: in memory or in swap, and so worth reading. A page that was never
 * touched holds no pointer, and reading it would make it part of the process's page tables. */
#ifndef LC_VM_RESIDENCY_H
#define LC_VM_RESIDENCY_H

#include "vm/region.h"

#define LC_RESIDENCY_PART_BITS 26 /* one bitmap for 64 MiB */
#define LC_RESIDENCY_ADDRESS_BITS 47

#define LC_RESIDENCY_PART_WORDS (((size_t)1 << LC_RESIDENCY_PART_BITS) / LC_PAGE_SIZE / 64)

struct lc_residency_part {
    uint64_t pages[LC_RESIDENCY_PART_WORDS]; /* one bit a page */
    struct lc_residency_part *next;
};

struct lc_residency {
    struct lc_residency_part **parts; /* by address */
    struct lc_residency_part *first;  /* all of them */
    int pagemap;                      /* descriptor of /proc/self/pagemap, -1: none */
    bool can_scan;                    /* the kernel has PAGEMAP_SCAN */
};

/* 0 or -ENOMEM. What the kernel offers is found out here: PAGEMAP_SCAN (6.7), else the bits of pagemap, else
 * mincore(2). */
int lc_residency_init(struct lc_residency *r);
/* Asks for the pages of one readable region. Guard pages (MADV_GUARD_INSTALL), which the
 * kernel tells as swapped, are not there. 0 or -errno: then what it could not tell is missing. */
int lc_residency_add(struct lc_residency *r, const struct lc_vm_region *region);
void lc_residency_release(struct lc_residency *r);

static inline bool lc_residency_has(const struct lc_residency *r, uintptr_t address)
{
    if (address >> LC_RESIDENCY_ADDRESS_BITS)
        return false;
    const struct lc_residency_part *part = r->parts[address >> LC_RESIDENCY_PART_BITS];
    size_t page = (address & (((uintptr_t)1 << LC_RESIDENCY_PART_BITS) - 1)) / LC_PAGE_SIZE;
    return part && part->pages[page / 64] >> (page % 64) & 1;
}

/* The next run of pages in `within` that are there, cut to it; empty when there is none. */
struct lc_range lc_residency_next(const struct lc_residency *r, struct lc_range within);

#endif
