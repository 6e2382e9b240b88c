#include "scan/allocator.h"

#include <string.h>

/* glibc's malloc/arena.c: the heaps of all arenas but the main one, and their headers. */
#define HEAP_SIZE ((uintptr_t)64 << 20)
struct heap_info {
    uintptr_t arena;
    uintptr_t previous;
    uintptr_t size;
    uintptr_t mprotect_size;
};

/* glibc's malloc/malloc.c, struct malloc_state: from its start to the first bin, bins, and what follows. A bin
 * that is empty points to itself, as if it were a chunk (BIN_BEFORE bytes before its two words). */
#define ARENA_BEFORE 112
#define BIN_WORDS 254
#define ARENA_AFTER (16 + 5 * sizeof(uintptr_t))
#define BIN_BEFORE 16
#define BINS_EMPTY_MIN 8 /* the last bin is never used, and of the others hardly half ever are */

#define CHUNK_HEADER 16
#define CHUNK_IS_MAPPED 2u
#define CHUNK_FLAGS 7u

static bool is_empty_bin(const uintptr_t *bin)
{
    return bin[0] == (uintptr_t)bin - BIN_BEFORE && bin[1] == bin[0];
}

struct lc_range lc_allocator_main_arena(struct lc_range data)
{
    const uintptr_t *end = (const uintptr_t *)lc_align_down(data.end, sizeof *end);
    unsigned empty = 0;
    uintptr_t last = 0;
    for (const uintptr_t *bin = (const uintptr_t *)lc_align_up(data.start, sizeof *bin); bin + 1 < end; bin++) {
        if (!is_empty_bin(bin))
            continue;
        empty++;
        last = (uintptr_t)bin;
    }
    if (empty < BINS_EMPTY_MIN)
        return (struct lc_range){0};
    uintptr_t bins_end = last + 2 * sizeof(uintptr_t);
    struct lc_range arena = {bins_end - BIN_WORDS * sizeof(uintptr_t) - ARENA_BEFORE, bins_end + ARENA_AFTER};
    return arena.start >= data.start && arena.end <= data.end ? arena : (struct lc_range){0};
}

static bool is_heap(uintptr_t start, struct lc_range region)
{
    struct heap_info h;
    memcpy(&h, (const void *)start, sizeof h);
    bool has_sizes = h.size && h.size <= h.mprotect_size && h.mprotect_size <= HEAP_SIZE && h.size % LC_PAGE_SIZE == 0 &&
                     h.mprotect_size % LC_PAGE_SIZE == 0;
    bool has_place = h.previous ? h.previous % HEAP_SIZE == 0
                                : h.arena > start && h.arena < start + LC_PAGE_SIZE && lc_range_has(region, h.arena);
    return has_sizes && has_place;
}

static void find_heaps(struct lc_areas *a, const struct lc_vm_region *region, const struct lc_residency *r)
{
    for (uintptr_t start = lc_align_up(region->range.start, HEAP_SIZE); start < region->range.end; start += HEAP_SIZE)
        if (lc_residency_has(r, start) && is_heap(start, region->range))
            lc_areas_add(a, LC_AREA_ALLOCATOR, (struct lc_range){start, start + HEAP_SIZE}, 0);
}

struct chunks {
    struct lc_areas *areas;
    const struct lc_residency *residency;
};

/* The chunk of a block with a mapping of its own: its header tells how far it lies in it, and how far it goes. */
static void find_chunk(const struct chunks *c, uintptr_t block)
{
    uintptr_t header[2];
    if (!lc_residency_has(c->residency, block - CHUNK_HEADER))
        return;
    memcpy(header, (const void *)(block - CHUNK_HEADER), sizeof header);
    struct lc_range whole = {block - CHUNK_HEADER - header[0], block - CHUNK_HEADER + (header[1] & ~(uintptr_t)CHUNK_FLAGS)};
    bool is_whole = (whole.start | whole.end) % LC_PAGE_SIZE == 0 && whole.start < block && whole.end > block;
    if (header[1] & CHUNK_IS_MAPPED && is_whole)
        lc_areas_add(c->areas, LC_AREA_ALLOCATOR, whole, 0);
}

static void look_at_block(void *context, lc_block_ref ref, uint8_t *mark)
{
    (void)mark;
    if (ref % LC_PAGE_SIZE == CHUNK_HEADER && !(ref & LC_EXTRA_BIT))
        find_chunk(context, ref);
}

void lc_allocator_find(struct lc_areas *a, const struct lc_vm_region *regions, size_t count, const struct lc_blocks *b,
                       const struct lc_residency *r)
{
    static const char *const heap[] = {"[heap]"};
    for (size_t i = 0; i < count; i++)
        if (lc_vm_region_is_named(&regions[i], heap, 1))
            lc_areas_add(a, LC_AREA_ALLOCATOR, regions[i].range, 0);
        else if (lc_vm_region_is_anonymous(&regions[i]) && lc_vm_region_is_writable(&regions[i]))
            find_heaps(a, &regions[i], r);
    struct chunks c = {a, r};
    lc_blocks_each(b, look_at_block, &c);
    for (size_t i = 0; i < b->large_count; i++)
        if (b->large[i].start % LC_PAGE_SIZE != CHUNK_HEADER)
            find_chunk(&c, b->large[i].start);
}
