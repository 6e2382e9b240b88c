#include "record/heap.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/heap_slots.h"
#include "record/site.h"
#include "record/hash_table.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#define REGION_COUNT ((size_t)1 << (LC_HEAP_ADDRESS_BITS - LC_HEAP_REGION_BITS))
#define REGIONS_PER_PAGE (LC_PAGE_SIZE / sizeof(uint32_t *))
static_assert(LC_SITE_NUMBERS <= LC_SLOT_MIDDLE, "a slot holds every site's number");

struct side_block {
    uintptr_t address;
    uint32_t site;
    UT_hash_handle hh;
};

struct lc_lock lc_heap_lock; /* of the side table */

struct lc_heap lc_heap;

static struct {
    uint64_t touched[REGION_COUNT / REGIONS_PER_PAGE / 64]; /* pages of the directory that hold anything */
    struct side_block *side;
} heap;

int lc_heap_init(unsigned granule)
{
    lc_heap.granule_bits = (unsigned)__builtin_ctz(granule);
    lc_heap.unaligned = granule == 32 ? 15 : granule - 1;
    lc_heap.middle_bits = granule == 32 ? 16 : 0;
    lc_heap.directory = lc_pages_map(REGION_COUNT * sizeof lc_heap.directory[0], "live table");
    return lc_heap.directory ? 0 : -ENOMEM;
}

static size_t slots_per_region(void)
{
    return LC_HEAP_REGION_SIZE >> lc_heap.granule_bits;
}

#define SLOTS_PER_PAGE LC_HEAP_SLOTS_PER_PAGE
#define PAGES_AT_ONCE ((size_t)256)

/* Which of `count` pages of slots hold any: to read another one would cost a page fault. */
static void look_at_pages(const uint32_t *slots, size_t count, unsigned char *there)
{
    if (lc_sys_mincore((uintptr_t)slots, count * LC_PAGE_SIZE, there) < 0)
        memset(there, 1, count);
}

void lc_heap_each_page(const uint32_t *slots, void (*visit)(void *context, const uint32_t *page), void *context)
{
    unsigned char there[PAGES_AT_ONCE];
    for (size_t page = 0; page < slots_per_region() / SLOTS_PER_PAGE; page++) {
        const uint32_t *at = slots + page * SLOTS_PER_PAGE;
        if (page % PAGES_AT_ONCE == 0)
            look_at_pages(at, PAGES_AT_ONCE, there);
        if (there[page % PAGES_AT_ONCE] & 1)
            visit(context, at);
    }
}

static void count_page(void *context, const uint32_t *page)
{
    (void)page;
    ++*(size_t *)context;
}

/* Whether most slot pages of a region are in use: a heap that grows through it and beyond. */
static bool is_dense(size_t index)
{
    const uint32_t *slots = __atomic_load_n(&lc_heap.directory[index], __ATOMIC_ACQUIRE);
    size_t used = 0;
    if (slots)
        lc_heap_each_page(slots, count_page, &used);
    return used > slots_per_region() / SLOTS_PER_PAGE / 4 * 3;
}

static uint32_t *add_region(size_t index)
{
    size_t size = slots_per_region() * sizeof(uint32_t);
    uint32_t *fresh = lc_pages_map(size, "live table");
    if (!fresh)
        return NULL;
    /* Touched sparsely: where huge pages are always on, one slot would cost 2 MiB. But behind a region that is full
     * they save a page fault for each 32 KiB of heap, and 2 MiB for 64 MiB are the most that can stay empty. */
    lc_sys_madvise((uintptr_t)fresh, size, index && is_dense(index - 1) ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    size_t page = index / REGIONS_PER_PAGE;
    __atomic_fetch_or(&heap.touched[page / 64], (uint64_t)1 << (page % 64), __ATOMIC_RELEASE);
    uint32_t *other = NULL;
    if (__atomic_compare_exchange_n(&lc_heap.directory[index], &other, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    lc_pages_unmap(fresh, size);
    return other;
}

static bool side_put(uintptr_t address, uint32_t site, uint32_t *replaced)
{
    uint64_t signals;
    lc_lock_acquire(&lc_heap_lock, &signals);
    struct side_block *b;
    HASH_FIND(hh, heap.side, &address, sizeof address, b);
    if (b) {
        *replaced = b->site;
    } else if ((b = lc_pool_alloc(sizeof *b))) {
        b->address = address;
        HASH_ADD(hh, heap.side, address, sizeof address, b);
        __atomic_store_n(&lc_heap.side_count, HASH_COUNT(heap.side), __ATOMIC_RELEASE);
    }
    if (b)
        b->site = site;
    bool is_in = b && b->hh.tbl;
    lc_lock_release(&lc_heap_lock, &signals);
    return is_in;
}

static bool side_take(uintptr_t address, uint32_t *site)
{
    if (LC_LIKELY(!__atomic_load_n(&lc_heap.side_count, __ATOMIC_ACQUIRE)))
        return false;
    uint64_t signals;
    lc_lock_acquire(&lc_heap_lock, &signals);
    struct side_block *b;
    HASH_FIND(hh, heap.side, &address, sizeof address, b);
    if (b) {
        *site = b->site;
        HASH_DEL(heap.side, b);
        lc_pool_free(b, sizeof *b);
        __atomic_store_n(&lc_heap.side_count, HASH_COUNT(heap.side), __ATOMIC_RELEASE);
    }
    lc_lock_release(&lc_heap_lock, &signals);
    return b;
}

/* The slot, with a region made for it; NULL when it can't have one. */
static uint32_t *make_slot(uintptr_t address)
{
    uint32_t *slot = lc_heap_slot(address);
    const bool is_regular = !(address >> LC_HEAP_ADDRESS_BITS) && !(address & lc_heap.unaligned);
    if (slot || !is_regular || !add_region(address >> LC_HEAP_REGION_BITS))
        return slot;
    return lc_heap_slot(address);
}

LC_COLD bool lc_heap_put_slowly(uintptr_t address, uint32_t site, uint32_t *replaced)
{
    uint32_t *slot = make_slot(address);
    const uint32_t middle = lc_slot_middle(address);
    const bool is_taken = slot && lc_slot_is_live(*slot);
    if (!slot || (is_taken && (*slot & LC_SLOT_MIDDLE) != middle))
        return side_put(address, site, replaced);
    if (is_taken)
        *replaced = lc_slot_number(*slot);
    else
        side_take(address, replaced);
    *slot = (site + 1) | middle;
    return true;
}

LC_COLD enum lc_heap_answer lc_heap_take_slowly(uintptr_t address, uint32_t *site)
{
    const uint32_t *slot = lc_heap_slot(address);
    if (side_take(address, site))
        return LC_HEAP_TAKEN;
    if (!slot || !*slot || (*slot & LC_SLOT_MIDDLE) != lc_slot_middle(address))
        return LC_HEAP_UNKNOWN;
    *site = lc_slot_number(*slot);
    return LC_HEAP_FREED;
}

struct block_visit {
    void (*visit)(void *, uintptr_t, uint32_t);
    void *context;
    uintptr_t start; /* of the region, */
    const uint32_t *slots; /* and its slots */
};

static void visit_page(void *context, const uint32_t *page)
{
    const struct block_visit *v = context;
    for (size_t i = 0; i < SLOTS_PER_PAGE; i += 2) {
        uint64_t both;
        memcpy(&both, &page[i], sizeof both);
        for (size_t at = i; both && at < i + 2; at++)
            if (lc_slot_is_live(page[at])) {
                const uintptr_t granule = v->start + ((uintptr_t)(&page[at] - v->slots) << lc_heap.granule_bits);
                v->visit(v->context, granule + lc_slot_offset(page[at]), lc_slot_site(page[at]));
            }
    }
}

static void visit_blocks(void *context, uintptr_t start, const uint32_t *slots)
{
    struct block_visit *v = context;
    v->start = start;
    v->slots = slots;
    lc_heap_each_page(slots, visit_page, v);
}

void lc_heap_each(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context)
{
    lc_heap_each_region(visit_blocks, &(struct block_visit){.visit = visit, .context = context});
    lc_heap_each_side(visit, context);
}

void lc_heap_each_region(void (*visit)(void *context, uintptr_t start, const uint32_t *slots), void *context)
{
    for (size_t word = 0; word < LC_ARRAY_LEN(heap.touched); word++)
        for (uint64_t bits = heap.touched[word]; bits; bits &= bits - 1) {
            size_t first = (word * 64 + (size_t)__builtin_ctzll(bits)) * REGIONS_PER_PAGE;
            for (size_t i = first; i < first + REGIONS_PER_PAGE; i++) {
                const uint32_t *slots = __atomic_load_n(&lc_heap.directory[i], __ATOMIC_ACQUIRE);
                if (slots)
                    visit(context, (uintptr_t)i << LC_HEAP_REGION_BITS, slots);
            }
        }
}

void lc_heap_each_side(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context)
{
    uint64_t signals;
    lc_lock_acquire(&lc_heap_lock, &signals);
    for (const struct side_block *b = heap.side; b; b = b->hh.next)
        visit(context, b->address, lc_site_index(b->site));
    lc_lock_release(&lc_heap_lock, &signals);
}

/* Whether one of the slots [first, end) is that of a live block. */
static bool has_live(const uint32_t *slots, size_t first, size_t end)
{
    unsigned char there[PAGES_AT_ONCE];
    for (size_t page = first / SLOTS_PER_PAGE, asked = page; page * SLOTS_PER_PAGE < end; page++) {
        if (page == asked) {
            asked = lc_align_down(page, PAGES_AT_ONCE) + PAGES_AT_ONCE;
            look_at_pages(slots + page * SLOTS_PER_PAGE, asked - page, there + page % PAGES_AT_ONCE);
        }
        if (!(there[page % PAGES_AT_ONCE] & 1))
            continue;
        size_t i = page * SLOTS_PER_PAGE, last = i + SLOTS_PER_PAGE;
        for (i = i < first ? first : i; i < last && i < end; i++)
            if (lc_slot_is_live(slots[i]))
                return true;
    }
    return false;
}

bool lc_heap_is_used(struct lc_range range)
{
    const uintptr_t last = (uintptr_t)1 << LC_HEAP_ADDRESS_BITS;
    const uintptr_t end = range.end < last ? range.end : last; /* no slot is beyond, and nothing wraps around */
    for (uintptr_t a = range.start; a < end; a = lc_align_up(a + 1, LC_HEAP_REGION_SIZE)) {
        const uintptr_t region = lc_align_down(a, LC_HEAP_REGION_SIZE);
        const uintptr_t last_byte = (end - region < LC_HEAP_REGION_SIZE ? end - region : LC_HEAP_REGION_SIZE) - 1;
        const uint32_t *slots = __atomic_load_n(&lc_heap.directory[region >> LC_HEAP_REGION_BITS], __ATOMIC_ACQUIRE);
        if (slots && has_live(slots, (a - region) >> lc_heap.granule_bits, (last_byte >> lc_heap.granule_bits) + 1))
            return true;
    }
    return false;
}
