/* Which pages of this process are there: in memory or in swap, and so worth reading. A page that was never
 * touched holds no pointer, and reading it would make it part of the process's page tables. Which of them are in
 * swap, and which are the kernel's page of zeroes, is kept beside it. */
#ifndef LC_VM_RESIDENCY_H
#define LC_VM_RESIDENCY_H

#include "vm/region.h"

#include <sys/types.h>

#define LC_RESIDENCY_PART_BITS 26 /* one bitmap for 64 MiB */
#define LC_RESIDENCY_ADDRESS_BITS 47

#define LC_RESIDENCY_PART_WORDS (((size_t)1 << LC_RESIDENCY_PART_BITS) / LC_PAGE_SIZE / 64)

struct lc_residency_part {
    uint64_t pages[LC_RESIDENCY_PART_WORDS]; /* one bit a page */
    uint64_t swapped[LC_RESIDENCY_PART_WORDS]; /* of these */
    uint64_t zero[LC_RESIDENCY_PART_WORDS];    /* of these: only ever read */
    uintptr_t start;
    struct lc_residency_part *next;
};

struct lc_residency {
    struct lc_residency_part **parts; /* by address */
    struct lc_residency_part *first;  /* all of them */
    int pagemap;                      /* descriptor of /proc/self/pagemap, -1: none */
    bool is_copy;
    int original;                     /* the pagemap of the process that this one is a copy of, -1: none */
    uint64_t categories;              /* what PAGEMAP_SCAN can tell; 0: the kernel has none */
    bool has_swapped;
    bool is_blind;                    /* of some region nobody tells: all of it was taken to be there */
    bool is_swap_told;                /* else swapped pages are taken for untouched ones */
    bool is_counting;                 /* nothing is noted */
    bool is_foreign;                  /* another process's: can't be read, nor asked about by mincore */
    enum { LC_GUARDS_UNASKED, LC_GUARDS_TOLD, LC_GUARDS_HIDDEN } guards; /* hidden: they look like swapped pages */
};

/* In bytes. */
struct lc_residency_count {
    uint64_t resident, swapped, zero, guard;
};

/* 0 or -ENOMEM. What the kernel offers is found out here: PAGEMAP_SCAN (6.7), else the bits of pagemap, else
 * mincore(2). In a copy of a process (a fork's child that has nothing else to do), `original` is its pid: what fork does not
 * copy is looked for there. Else it is 0. */
int lc_residency_init(struct lc_residency *r, pid_t original);
/* Whether fork leaves the region's pages out: it has them from a file, or shares them, and finds them there when they are
 * read. */
bool lc_residency_is_left(const struct lc_vm_region *region);
/* The same for process `pid`, whose pages can only be counted. -errno, too, when its pagemap can't be read: then there is
 * nothing to release. */
int lc_residency_init_of(struct lc_residency *r, pid_t pid);
/* Asks for the pages of one readable region, and adds what they are to `*count` (NULL: nobody asks). Guard pages
 * (MADV_GUARD_INSTALL), which the kernel tells as swapped, are not there. 0 or -errno: then what it could not tell is
 * missing. */
int lc_residency_add(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count);
/* Only counts: of a region that is not to be read. */
int lc_residency_count(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count);
/* After the last region: gives the descriptor back. */
void lc_residency_finish(struct lc_residency *r);
/* Swaps out again what was in swap then and has been read meanwhile. */
void lc_residency_put_back(const struct lc_residency *r);
void lc_residency_release(struct lc_residency *r);

static inline const struct lc_residency_part *lc_residency_part(const struct lc_residency *r, uintptr_t address)
{
    return address >> LC_RESIDENCY_ADDRESS_BITS ? NULL : r->parts[address >> LC_RESIDENCY_PART_BITS];
}

static inline bool lc_residency_has(const struct lc_residency *r, uintptr_t address)
{
    if (address >> LC_RESIDENCY_ADDRESS_BITS)
        return false;
    const struct lc_residency_part *part = r->parts[address >> LC_RESIDENCY_PART_BITS];
    size_t page = (address & (((uintptr_t)1 << LC_RESIDENCY_PART_BITS) - 1)) / LC_PAGE_SIZE;
    return part && part->pages[page / 64] >> (page % 64) & 1;
}

/* Adds what the bytes of `range` were to `*count`. */
void lc_residency_measure(const struct lc_residency *r, struct lc_range range, struct lc_residency_count *count);

/* The next run of pages in `within` that are there, cut to it; empty when there is none. */
struct lc_range lc_residency_next(const struct lc_residency *r, struct lc_range within);

#endif
