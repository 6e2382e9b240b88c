/* From an address to the block that it lies in: an index over the live table, made once a scan while no block
 * comes or goes. It has a byte for each granule of heap in which a block starts (pages of it are touched only
 * there), which is also the block's mark; a sorted list of the blocks that are larger than a page, which
 * interior pointers can't find by looking back; and one of what is in no slot: the side table's blocks, and
 * the program's mappings. */
#ifndef LC_SCAN_BLOCKS_H
#define LC_SCAN_BLOCKS_H

#include "base/range.h"
#include "record/heap.h"
#include "record/mappings.h"
#include "record/site.h"

/* The byte of a block. */
enum {
    LC_MARK_LIVE = 1 << 0,
    LC_MARK_MIDDLE = 1 << 1, /* it starts 16 bytes into its granule */
    LC_MARK_CLASS = 3 << 2,  /* enum lc_mark_class */
    LC_MARK_INTERIOR = 1 << 4, /* a reachable word points into it */
    LC_MARK_TAGGED = 1 << 5,   /* so does one with bits that are no address */
    LC_MARK_POINTED = 1 << 6,  /* a lost block points to it; of a reachable one, see lc_mark_is_suppressed */
    LC_MARK_PENDING = 1 << 7   /* marked, and still to be scanned: the list of these was full */
};

enum lc_mark_class {
    LC_UNREACHED = 0 << 2, /* in the end: a leader */
    LC_REACHABLE = 1 << 2,
    LC_POSSIBLE = 2 << 2,
    LC_INDIRECT = 3 << 2
};

/* A block in no slot. */
struct lc_extra {
    struct lc_range range;
    uint32_t site; /* LC_SITE_NONE: a mapping of the program's */
    uint32_t stack;             /* of a mapping, */
    enum lc_function function;  /* and who made it */
    uint8_t mark;
    bool is_opaque; /* a mapping that is not read: a stack, whose live part is a root */
};

struct lc_large {
    uintptr_t start, size;
};

/* Before the marks of a region: which pages of them have any. Most of a region is empty, as a rule, and to read a page
 * that was never written would cost a page fault. */
#define LC_BLOCKS_PAGES_MAX ((size_t)1 << (LC_HEAP_REGION_BITS - 3 - 12)) /* with the smallest granule, 8 */
struct lc_blocks_pages {
    uint64_t has[LC_BLOCKS_PAGES_MAX / 64];
    uint64_t up_to_a_page[(LC_PAGE_SIZE - LC_BLOCKS_PAGES_MAX / 8) / sizeof(uint64_t)];
};

#define LC_BLOCKS_MARKS_PAGES (((size_t)1 << (LC_HEAP_ADDRESS_BITS - LC_HEAP_REGION_BITS)) / LC_BLOCKS_REGIONS_PER_PAGE)
#define LC_BLOCKS_REGIONS_PER_PAGE (LC_PAGE_SIZE / sizeof(uint8_t *))

/* A block: the address where it starts, or LC_EXTRA_BIT and its number in `extras`. */
typedef uintptr_t lc_block_ref;
#define LC_BLOCK_NONE ((lc_block_ref)0)
#define LC_EXTRA_BIT ((lc_block_ref)1 << 63)

#define LC_BLOCKS_TAG ((uintptr_t)7) /* low bits of a pointer to a block that may be a tag */

struct lc_blocks {
    unsigned granule_bits;
    uint8_t **marks;        /* by region: a byte a granule, struct lc_blocks_pages before them; NULL where no block is */
    uint64_t has_marks[LC_BLOCKS_MARKS_PAGES / 64]; /* which pages of `marks` hold any: most words that are no pointers lead to others */
    const uint32_t **slots; /* by region */
    uintptr_t *regions;     /* where those start that have blocks, ascending */
    size_t region_count, region_capacity;
    struct lc_range span; /* all blocks lie in it, and tagged pointers to them */
    struct lc_large *large; /* by address */
    size_t large_count, large_capacity;
    struct lc_extra *extras; /* by address */
    size_t extra_count, extra_capacity;
    uint64_t count; /* blocks in slots */
};

/* From the live table and `mappings` (any order; may be NULL). 0, or -ENOMEM: then `b` is released. */
int lc_blocks_init(struct lc_blocks *b, const struct lc_extra *mappings, size_t mapping_count);
void lc_blocks_release(struct lc_blocks *b);

/* The block that `address` lies in; LC_BLOCK_NONE when in none. A block without bytes has one; the address
 * just behind a block that is the cookie of a `new T[0]` lies in it. */
lc_block_ref lc_blocks_find(const struct lc_blocks *b, uintptr_t address);

/* Addresses round `address`, which is in no block, that are in none either, with or without a tag; an empty range where
 * blocks start near by. */
struct lc_range lc_blocks_gap(const struct lc_blocks *b, uintptr_t address);

/* The bytes that were asked for. */
struct lc_range lc_blocks_range(const struct lc_blocks *b, lc_block_ref ref);
/* LC_SITE_NONE for a mapping. */
uint32_t lc_blocks_site(const struct lc_blocks *b, lc_block_ref ref);

#define LC_BLOCKS_REGION_SIZE ((uintptr_t)1 << LC_HEAP_REGION_BITS)

static inline size_t lc_blocks_granule(const struct lc_blocks *b, uintptr_t address)
{
    return (address & (LC_BLOCKS_REGION_SIZE - 1)) >> b->granule_bits;
}

static inline uint8_t *lc_blocks_mark(const struct lc_blocks *b, lc_block_ref ref)
{
    if (LC_UNLIKELY(ref & LC_EXTRA_BIT))
        return &b->extras[ref & ~LC_EXTRA_BIT].mark;
    return &b->marks[ref >> LC_HEAP_REGION_BITS][lc_blocks_granule(b, ref)];
}

/* The marks of the region that `address` is in, below 1 << LC_HEAP_ADDRESS_BITS; NULL where no block is. */
static LC_ALWAYS_INLINE const uint8_t *lc_blocks_marks(const struct lc_blocks *b, uintptr_t address)
{
    const size_t region = address >> LC_HEAP_REGION_BITS, page = region / LC_BLOCKS_REGIONS_PER_PAGE;
    return b->has_marks[page / 64] >> (page % 64) & 1 ? b->marks[region] : NULL;
}

/* Whether any block starts in the page of marks that `granule` is in. */
static LC_ALWAYS_INLINE bool lc_blocks_has_page(const uint8_t *marks, size_t granule)
{
    const struct lc_blocks_pages *pages = (const struct lc_blocks_pages *)marks - 1;
    return pages->has[granule / LC_PAGE_SIZE / 64] >> (granule / LC_PAGE_SIZE % 64) & 1;
}

static inline const uint32_t *lc_blocks_slot(const struct lc_blocks *b, lc_block_ref ref)
{
    return &b->slots[ref >> LC_HEAP_REGION_BITS][lc_blocks_granule(b, ref)];
}

/* Calls `visit` for each block in address order, those in slots first. */
void lc_blocks_each(const struct lc_blocks *b, void (*visit)(void *context, lc_block_ref ref, uint8_t *mark),
                    void *context);

#endif
