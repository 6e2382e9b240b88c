#include "scan/blocks.h"

#include "base/arena.h"
#include "base/sort.h"
#include "base/sys.h"
#include "record/heap_slots.h"
#include "record/site.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define REGION_COUNT ((size_t)1 << (LC_HEAP_ADDRESS_BITS - LC_HEAP_REGION_BITS))

/* What is larger is in the list of large blocks; interior pointers to all others are found by looking back. */
#define LOOK_BACK LC_PAGE_SIZE

struct build {
    struct lc_blocks *b;
    bool is_full;
    uintptr_t region; /* the one that is being added, */
    const uint32_t *slots;
    uint8_t *marks;
};

static size_t slots_per_region(const struct lc_blocks *b)
{
    return LC_BLOCKS_REGION_SIZE >> b->granule_bits;
}

static size_t marks_size(const struct lc_blocks *b)
{
    return sizeof(struct lc_blocks_pages) + slots_per_region(b);
}

static bool add_large(struct lc_blocks *b, uintptr_t start, uintptr_t size)
{
    if (b->large_count == b->large_capacity) {
        struct lc_large *more = lc_pages_grow(b->large, &b->large_capacity, sizeof *more, "scan");
        if (!more)
            return false;
        b->large = more;
    }
    b->large[b->large_count++] = (struct lc_large){start, size};
    return true;
}

static bool add_extra(struct lc_blocks *b, struct lc_extra e)
{
    if (b->extra_count == b->extra_capacity) {
        struct lc_extra *more = lc_pages_grow(b->extras, &b->extra_capacity, sizeof *more, "scan");
        if (!more)
            return false;
        b->extras = more;
    }
    b->extras[b->extra_count++] = e;
    return true;
}

static void widen(struct lc_range *span, uintptr_t start, uintptr_t end)
{
    if (lc_range_is_empty(*span))
        *span = (struct lc_range){start, end};
    if (start < span->start)
        span->start = start;
    if (end > span->end)
        span->end = end;
}

static void add_page(void *context, const uint32_t *page)
{
    struct build *w = context;
    struct lc_blocks *b = w->b;
    const size_t first = (size_t)(page - w->slots);
    struct lc_blocks_pages *pages = (struct lc_blocks_pages *)w->marks - 1;
    for (size_t i = first; i < first + LC_HEAP_SLOTS_PER_PAGE; i++) {
        uint32_t slot = w->slots[i];
        if (!lc_slot_is_live(slot))
            continue;
        uintptr_t start = w->region + ((uintptr_t)i << b->granule_bits) + lc_slot_offset(slot);
        uint64_t size = lc_site_get(lc_slot_site(slot)).size;
        w->marks[i] = lc_slot_offset(slot) ? LC_MARK_LIVE | LC_MARK_MIDDLE : LC_MARK_LIVE;
        pages->has[i / LC_PAGE_SIZE / 64] |= (uint64_t)1 << (i / LC_PAGE_SIZE % 64);
        b->count++;
        if (LC_UNLIKELY(size > LOOK_BACK))
            w->is_full |= !add_large(b, start, size);
        widen(&b->span, start, start + size + 1 + LC_BLOCKS_TAG);
    }
}

static void add_region(void *context, uintptr_t region, const uint32_t *slots)
{
    struct build *w = context;
    struct lc_blocks *b = w->b;
    struct lc_blocks_pages *before = lc_pages_map(marks_size(b), "scan");
    if (!before) {
        w->is_full = true;
        return;
    }
    lc_sys_madvise((uintptr_t)before, marks_size(b), MADV_NOHUGEPAGE);
    w->region = region;
    w->slots = slots;
    w->marks = (uint8_t *)(before + 1);
    const size_t number = region >> LC_HEAP_REGION_BITS, directory_page = number / LC_BLOCKS_REGIONS_PER_PAGE;
    b->slots[number] = slots;
    b->marks[number] = w->marks;
    b->has_marks[directory_page / 64] |= (uint64_t)1 << (directory_page % 64);
    b->regions[b->region_count++] = region;
    lc_heap_each_page(slots, add_page, w);
}

static void count_region(void *context, uintptr_t region, const uint32_t *slots)
{
    (void)region, (void)slots;
    ++*(size_t *)context;
}

static void add_side(void *context, uintptr_t address, uint32_t site)
{
    struct build *w = context;
    uint64_t size = lc_site_get(site).size;
    w->is_full |= !add_extra(w->b, (struct lc_extra){
                                       .range = {address, address + size}, .site = site, .mark = LC_MARK_LIVE});
    widen(&w->b->span, address, address + size + 1 + LC_BLOCKS_TAG);
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;
    return (x > y) - (x < y);
}
static_assert(offsetof(struct lc_extra, range.start) == 0, "by_address");
static_assert(offsetof(struct lc_large, start) == 0, "by_address");

int lc_blocks_init(struct lc_blocks *b, const struct lc_extra *mappings, size_t mapping_count)
{
    *b = (struct lc_blocks){.granule_bits = lc_heap.granule_bits};
    struct build w = {.b = b};
    lc_heap_each_region(count_region, &b->region_capacity);
    b->marks = lc_pages_map(REGION_COUNT * sizeof b->marks[0], "scan");
    b->slots = lc_pages_map(REGION_COUNT * sizeof b->slots[0], "scan");
    b->regions = lc_pages_map((b->region_capacity + 1) * sizeof b->regions[0], "scan");
    if (b->marks && b->slots && b->regions) {
        lc_heap_each_region(add_region, &w);
        lc_heap_each_side(add_side, &w);
        for (size_t i = 0; i < mapping_count; i++) {
            w.is_full |= !add_extra(b, mappings[i]);
            widen(&b->span, mappings[i].range.start, mappings[i].range.end);
        }
        lc_sort(b->extras, b->extra_count, sizeof b->extras[0], by_address);
    }
    if (!w.is_full && b->marks && b->slots && b->regions)
        return 0;
    lc_blocks_release(b);
    return -ENOMEM;
}

void lc_blocks_release(struct lc_blocks *b)
{
    for (size_t i = 0; i < b->region_count; i++)
        lc_pages_unmap((struct lc_blocks_pages *)b->marks[b->regions[i] >> LC_HEAP_REGION_BITS] - 1, marks_size(b));
    if (b->marks)
        lc_pages_unmap(b->marks, REGION_COUNT * sizeof b->marks[0]);
    if (b->slots)
        lc_pages_unmap(b->slots, REGION_COUNT * sizeof b->slots[0]);
    if (b->regions)
        lc_pages_unmap(b->regions, (b->region_capacity + 1) * sizeof b->regions[0]);
    if (b->large)
        lc_pages_unmap(b->large, b->large_capacity * sizeof b->large[0]);
    if (b->extras)
        lc_pages_unmap(b->extras, b->extra_capacity * sizeof b->extras[0]);
    *b = (struct lc_blocks){0};
}

struct lc_range lc_blocks_range(const struct lc_blocks *b, lc_block_ref ref)
{
    if (ref & LC_EXTRA_BIT)
        return b->extras[ref & ~LC_EXTRA_BIT].range;
    return (struct lc_range){ref, ref + lc_site_get(lc_slot_site(*lc_blocks_slot(b, ref))).size};
}

uint32_t lc_blocks_site(const struct lc_blocks *b, lc_block_ref ref)
{
    return ref & LC_EXTRA_BIT ? b->extras[ref & ~LC_EXTRA_BIT].site : lc_slot_site(*lc_blocks_slot(b, ref));
}

static uintptr_t start_of(const struct lc_blocks *b, uintptr_t region, size_t granule, uint8_t mark)
{
    return region + ((uintptr_t)granule << b->granule_bits) + (mark & LC_MARK_MIDDLE ? 16 : 0);
}

/* `new T[0]` of a T with a destructor: the block is the cookie, which counts no elements, and the pointer is the
 * address behind it (Itanium C++ ABI, 2.7). */
static bool is_empty_array(struct lc_site_key site, uintptr_t start, uintptr_t address)
{
    return site.size == sizeof(uint64_t) && address == start + site.size &&
           lc_function_family((enum lc_function)site.function) == LC_FAMILY_NEW_ARRAY && *(const uint64_t *)start == 0;
}

static bool holds(const struct lc_blocks *b, uintptr_t start, uintptr_t address)
{
    struct lc_site_key site = lc_site_get(lc_slot_site(*lc_blocks_slot(b, start)));
    uintptr_t size = site.size ? site.size : 1;
    return address - start < size || is_empty_array(site, start, address);
}

/* The last block that starts in granules [low, high] of the region: eight marks at once. */
static uintptr_t last_start(const struct lc_blocks *b, uintptr_t region, size_t low, size_t high)
{
    const uint8_t *marks = lc_blocks_marks(b, region);
    if (!marks)
        return 0;
    for (size_t word = high / 8 + 1; word-- > low / 8;) {
        uint64_t live;
        if (LC_UNLIKELY(!lc_blocks_has_page(marks, word * 8))) {
            word = lc_align_down(word, LC_PAGE_SIZE / 8);
            continue;
        }
        memcpy(&live, marks + word * 8, sizeof live);
        live &= 0x0101010101010101u * LC_MARK_LIVE;
        if (word == high / 8 && high % 8 < 7)
            live &= ((uint64_t)1 << (high % 8 + 1) * 8) - 1;
        if (!live)
            continue;
        size_t granule = word * 8 + (size_t)(63 - __builtin_clzll(live)) / 8;
        return granule < low ? 0 : start_of(b, region, granule, marks[granule]);
    }
    return 0;
}

/* The last block at or below `address` that starts within LOOK_BACK of it; 0 for none. */
static uintptr_t start_below(const struct lc_blocks *b, uintptr_t address)
{
    uintptr_t region = lc_align_down(address, LC_BLOCKS_REGION_SIZE);
    size_t back = LOOK_BACK >> b->granule_bits, granule = lc_blocks_granule(b, address);
    uintptr_t start = last_start(b, region, granule > back ? granule - back : 0, granule);
    if (start > address) /* in the middle of the granule, above it */
        start = granule ? last_start(b, region, granule > back ? granule - back : 0, granule - 1) : 0;
    if (start || granule >= back || region == 0)
        return start;
    size_t last = slots_per_region(b) - 1;
    return last_start(b, region - LC_BLOCKS_REGION_SIZE, last - (back - granule), last);
}

/* The last element of a sorted array that starts at or below `address`: its number + 1, 0 for none. */
static size_t at_or_below(const void *array, size_t count, size_t size, uintptr_t address)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (*(const uintptr_t *)((const char *)array + middle * size) <= address)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

static lc_block_ref find_extra(const struct lc_blocks *b, uintptr_t address)
{
    size_t i = at_or_below(b->extras, b->extra_count, sizeof b->extras[0], address);
    if (i == 0)
        return LC_BLOCK_NONE;
    struct lc_range r = b->extras[i - 1].range;
    bool is_in = lc_range_is_empty(r) ? address == r.start : lc_range_has(r, address);
    return is_in ? LC_EXTRA_BIT | (i - 1) : LC_BLOCK_NONE;
}

lc_block_ref lc_blocks_find(const struct lc_blocks *b, uintptr_t address)
{
    if (!lc_range_has(b->span, address) || address >> LC_HEAP_ADDRESS_BITS)
        return find_extra(b, address);
    uintptr_t start = start_below(b, address);
    if (start && holds(b, start, address))
        return start;
    if (!start && b->large_count) { /* nothing starts in between */
        size_t i = at_or_below(b->large, b->large_count, sizeof b->large[0], address);
        if (i && address - b->large[i - 1].start < b->large[i - 1].size)
            return b->large[i - 1].start;
    }
    return b->extra_count ? find_extra(b, address) : LC_BLOCK_NONE;
}

static void begin_behind(struct lc_range *gap, uintptr_t start, uintptr_t size)
{
    const uintptr_t end = start + size + 1 + LC_BLOCKS_TAG;
    if (end > gap->start)
        gap->start = end;
}

struct lc_range lc_blocks_gap(const struct lc_blocks *b, uintptr_t address)
{
    if (address >> LC_HEAP_ADDRESS_BITS || lc_blocks_marks(b, address))
        return (struct lc_range){0};
    struct lc_range gap = {lc_align_down(address, LC_BLOCKS_REGION_SIZE), 0};
    gap.end = gap.start + LC_BLOCKS_REGION_SIZE;
    begin_behind(&gap, gap.start, LOOK_BACK); /* a small block of the region below may reach so far */
    const size_t large = at_or_below(b->large, b->large_count, sizeof b->large[0], address);
    if (large)
        begin_behind(&gap, b->large[large - 1].start, b->large[large - 1].size);
    const size_t extra = at_or_below(b->extras, b->extra_count, sizeof b->extras[0], address);
    if (extra)
        begin_behind(&gap, b->extras[extra - 1].range.start, lc_range_size(b->extras[extra - 1].range));
    if (extra < b->extra_count && b->extras[extra].range.start < gap.end)
        gap.end = b->extras[extra].range.start;
    return lc_range_has(gap, address) ? gap : (struct lc_range){0};
}

/* A page of marks, eight at once. */
static void visit_page(const struct lc_blocks *b, uintptr_t region, size_t page,
                       void (*visit)(void *context, lc_block_ref ref, uint8_t *mark), void *context)
{
    uint8_t *marks = b->marks[region >> LC_HEAP_REGION_BITS];
    for (size_t i = page * LC_PAGE_SIZE; i < (page + 1) * LC_PAGE_SIZE; i += 8) {
        uint64_t live;
        memcpy(&live, marks + i, sizeof live);
        live &= 0x0101010101010101u * LC_MARK_LIVE;
        for (; live; live &= live - 1) {
            size_t granule = i + (size_t)__builtin_ctzll(live) / 8;
            visit(context, start_of(b, region, granule, marks[granule]), &marks[granule]);
        }
    }
}

void lc_blocks_each(const struct lc_blocks *b, void (*visit)(void *context, lc_block_ref ref, uint8_t *mark),
                    void *context)
{
    for (size_t r = 0; r < b->region_count; r++)
        for (size_t page = 0; page < slots_per_region(b) / LC_PAGE_SIZE; page++)
            if (lc_blocks_has_page(b->marks[b->regions[r] >> LC_HEAP_REGION_BITS], page * LC_PAGE_SIZE))
                visit_page(b, b->regions[r], page, visit, context);
    for (size_t i = 0; i < b->extra_count; i++)
        visit(context, LC_EXTRA_BIT | i, &b->extras[i].mark);
}
