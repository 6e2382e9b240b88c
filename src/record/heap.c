#include "record/heap.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/heap_slots.h"
#include "record/site.h"
#include "record/hash_table.h"

#include <errno.h>
#include <sys/mman.h>

#define REGION_BITS LC_HEAP_REGION_BITS
#define ADDRESS_BITS LC_HEAP_ADDRESS_BITS
#define REGION_COUNT ((size_t)1 << (ADDRESS_BITS - REGION_BITS))
#define REGION_SIZE ((uintptr_t)1 << REGION_BITS)
#define REGIONS_PER_PAGE (LC_PAGE_SIZE / sizeof(uint32_t *))

static_assert(LC_SITE_MAX < LC_SLOT_SITE, "a slot holds every site");

struct side_block {
    uintptr_t address;
    uint32_t site;
    UT_hash_handle hh;
};

struct lc_lock lc_heap_lock; /* of the side table */

static struct {
    uint32_t **directory; /* one array of slots a region; atomic */
    uint64_t touched[REGION_COUNT / REGIONS_PER_PAGE / 64]; /* pages of the directory that hold anything */
    unsigned granule_bits;
    uintptr_t unaligned; /* address bits that must be 0 */
    struct side_block *side;
    uint32_t side_count; /* atomic: the side table is left alone while it is empty */
} heap;

int lc_heap_init(unsigned granule)
{
    heap.granule_bits = (unsigned)__builtin_ctz(granule);
    heap.unaligned = granule == 32 ? 15 : granule - 1;
    heap.directory = lc_pages_map(REGION_COUNT * sizeof heap.directory[0], "live table");
    return heap.directory ? 0 : -ENOMEM;
}

static size_t slots_per_region(void)
{
    return REGION_SIZE >> heap.granule_bits;
}

static uint32_t *add_region(size_t index)
{
    size_t size = slots_per_region() * sizeof(uint32_t);
    uint32_t *fresh = lc_pages_map(size, "live table");
    if (!fresh)
        return NULL;
    /* Touched sparsely: where huge pages are always on, one slot would cost 2 MiB. */
    lc_sys_madvise((uintptr_t)fresh, size, MADV_NOHUGEPAGE);
    size_t page = index / REGIONS_PER_PAGE;
    __atomic_fetch_or(&heap.touched[page / 64], (uint64_t)1 << (page % 64), __ATOMIC_RELEASE);
    uint32_t *other = NULL;
    if (__atomic_compare_exchange_n(&heap.directory[index], &other, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    lc_pages_unmap(fresh, size);
    return other;
}

/* The slot of `address`, or NULL when it has none (and, without `add`, when its region has none yet). */
static LC_ALWAYS_INLINE uint32_t *slot_of(uintptr_t address, bool add)
{
    if (LC_UNLIKELY(address >> ADDRESS_BITS || address & heap.unaligned))
        return NULL;
    uint32_t *slots = __atomic_load_n(&heap.directory[address >> REGION_BITS], __ATOMIC_ACQUIRE);
    if (LC_UNLIKELY(!slots) && (!add || !(slots = add_region(address >> REGION_BITS))))
        return NULL;
    return &slots[(address & (REGION_SIZE - 1)) >> heap.granule_bits];
}

static uint32_t middle_bit(uintptr_t address)
{
    return heap.granule_bits == 5 && address & 16 ? LC_SLOT_MIDDLE : 0;
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
        __atomic_store_n(&heap.side_count, HASH_COUNT(heap.side), __ATOMIC_RELEASE);
    }
    if (b)
        b->site = site;
    bool is_in = b && b->hh.tbl;
    lc_lock_release(&lc_heap_lock, &signals);
    return is_in;
}

static bool side_take(uintptr_t address, uint32_t *site)
{
    if (LC_LIKELY(!__atomic_load_n(&heap.side_count, __ATOMIC_ACQUIRE)))
        return false;
    uint64_t signals;
    lc_lock_acquire(&lc_heap_lock, &signals);
    struct side_block *b;
    HASH_FIND(hh, heap.side, &address, sizeof address, b);
    if (b) {
        *site = b->site;
        HASH_DEL(heap.side, b);
        lc_pool_free(b, sizeof *b);
        __atomic_store_n(&heap.side_count, HASH_COUNT(heap.side), __ATOMIC_RELEASE);
    }
    lc_lock_release(&lc_heap_lock, &signals);
    return b;
}

bool lc_heap_put(uintptr_t address, uint32_t site, uint32_t *replaced)
{
    *replaced = LC_SITE_NONE;
    uint32_t *slot = slot_of(address, true);
    uint32_t middle = middle_bit(address);
    uint32_t old = slot ? *slot : 0;
    bool is_live = old && !(old & LC_SLOT_FREED);
    if (LC_UNLIKELY(!slot || (is_live && (old & LC_SLOT_MIDDLE) != middle)))
        return side_put(address, site, replaced);
    if (LC_UNLIKELY(is_live))
        *replaced = lc_slot_site(old);
    else
        side_take(address, replaced);
    *slot = (site + 1) | middle;
    return true;
}

enum lc_heap_answer lc_heap_take(uintptr_t address, uint32_t *site)
{
    uint32_t *slot = slot_of(address, false);
    uint32_t old = slot ? *slot : 0;
    bool is_ours = old && (old & LC_SLOT_MIDDLE) == middle_bit(address);
    if (LC_LIKELY(is_ours && !(old & LC_SLOT_FREED))) {
        *slot = old | LC_SLOT_FREED;
        *site = lc_slot_site(old);
        return LC_HEAP_TAKEN;
    }
    if (side_take(address, site))
        return LC_HEAP_TAKEN;
    if (!is_ours)
        return LC_HEAP_UNKNOWN;
    *site = lc_slot_site(old);
    return LC_HEAP_FREED;
}

static void visit_region(size_t region, void (*visit)(void *, uintptr_t, uint32_t), void *context)
{
    const uint32_t *slots = __atomic_load_n(&heap.directory[region], __ATOMIC_ACQUIRE);
    for (size_t i = 0; slots && i < slots_per_region(); i++) {
        uint32_t slot = slots[i];
        if (!lc_slot_is_live(slot))
            continue;
        uintptr_t granule = ((uintptr_t)region << REGION_BITS) + ((uintptr_t)i << heap.granule_bits);
        visit(context, granule + lc_slot_offset(slot), lc_slot_site(slot));
    }
}

struct block_visit {
    void (*visit)(void *, uintptr_t, uint32_t);
    void *context;
};

static void visit_blocks(void *context, uintptr_t start, const uint32_t *slots)
{
    (void)slots;
    const struct block_visit *v = context;
    visit_region(start >> REGION_BITS, v->visit, v->context);
}

void lc_heap_each(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context)
{
    lc_heap_each_region(visit_blocks, &(struct block_visit){visit, context});
    lc_heap_each_side(visit, context);
}

void lc_heap_each_region(void (*visit)(void *context, uintptr_t start, const uint32_t *slots), void *context)
{
    for (size_t word = 0; word < LC_ARRAY_LEN(heap.touched); word++)
        for (uint64_t bits = heap.touched[word]; bits; bits &= bits - 1) {
            size_t first = (word * 64 + (size_t)__builtin_ctzll(bits)) * REGIONS_PER_PAGE;
            for (size_t i = first; i < first + REGIONS_PER_PAGE; i++) {
                const uint32_t *slots = __atomic_load_n(&heap.directory[i], __ATOMIC_ACQUIRE);
                if (slots)
                    visit(context, (uintptr_t)i << REGION_BITS, slots);
            }
        }
}

void lc_heap_each_side(void (*visit)(void *context, uintptr_t address, uint32_t site), void *context)
{
    uint64_t signals;
    lc_lock_acquire(&lc_heap_lock, &signals);
    for (const struct side_block *b = heap.side; b; b = b->hh.next)
        visit(context, b->address, b->site);
    lc_lock_release(&lc_heap_lock, &signals);
}

unsigned lc_heap_granule_bits(void)
{
    return heap.granule_bits;
}

bool lc_heap_is_used(struct lc_range range)
{
    uintptr_t step = (uintptr_t)1 << heap.granule_bits;
    uintptr_t last = (uintptr_t)1 << ADDRESS_BITS;
    uintptr_t end = range.end < last ? range.end : last; /* no slot is beyond, and nothing wraps around */
    for (uintptr_t a = lc_align_down(range.start, step); a < end; a += step) {
        const uint32_t *slot = slot_of(a, false);
        if (!slot)
            a = lc_align_up(a + 1, REGION_SIZE) - step; /* no block was ever there */
        else if (lc_slot_is_live(*slot))
            return true;
    }
    return false;
}
