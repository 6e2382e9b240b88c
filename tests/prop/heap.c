/* The live table, against an array of what each address should hold. */
#include "record/heap.h"

#include "random.h"
#include "record/site.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

enum { SEEDS = 60, STEPS = 4000, PLACES = 400 };

static struct place {
    uintptr_t address;
    bool is_alone; /* has a slot that no other place shares: nothing about it may be forgotten */
    bool is_live, was_freed, is_seen;
    uint32_t site; /* of now, or of the last time */
} places[PLACES];

static unsigned granule;
static uint64_t seed;
static unsigned seen_count, seen_wrong;
static uintptr_t seen_last;

/* Places that share granules and lie around the border of two regions; then odd ones, and ones too high. */
static void lay_out(void)
{
    static const uintptr_t border = (uintptr_t)0x1fc << 26;
    for (unsigned i = 0; i < PLACES; i++) {
        struct place *p = &places[i];
        if (i < PLACES / 2) {
            p->address = border - PLACES / 4 * 16 + (uintptr_t)i * 16;
            p->is_alone = granule == 8;
        } else if (i < PLACES * 3 / 4) {
            p->address = border + 0x1000000 + (uintptr_t)i * 4096;
            p->is_alone = true;
        } else {
            uintptr_t odd = border + 0x2000001 + (uintptr_t)i * 64, high = (uintptr_t)1 << (47 + i % 9);
            p->address = i % 2 ? odd : high + (uintptr_t)i * 32;
        }
    }
}

static void put(struct place *p, uint32_t site)
{
    uint32_t replaced;
    cr_assert(lc_heap_put(p->address, site, &replaced));
    cr_assert(eq(u32, replaced, p->is_live ? p->site : LC_SITE_NONE), "seed %lu: %lx", seed, p->address);
    p->is_live = true;
    p->site = site;
}

static void take(struct place *p)
{
    uint32_t site = LC_SITE_NONE;
    enum lc_heap_answer answer = lc_heap_take(p->address, &site);
    cr_assert(eq(int, answer == LC_HEAP_TAKEN, p->is_live), "seed %lu: %lx", seed, p->address);
    if (answer == LC_HEAP_FREED || p->is_alone)
        cr_assert(eq(int, answer == LC_HEAP_FREED, !p->is_live && p->was_freed), "seed %lu: %lx", seed, p->address);
    if (answer != LC_HEAP_UNKNOWN)
        cr_assert(eq(u32, site, p->site), "seed %lu: %lx", seed, p->address);
    p->was_freed = p->was_freed || p->is_live;
    p->is_live = false;
}

/* realloc: the old block is taken, and comes back at another place, or where it was. */
static void move(struct place *from, struct place *to)
{
    if (!from->is_live)
        return;
    uint32_t site = from->site;
    take(from);
    put(to, random_below(4) ? (uint32_t)random_below(LC_VEC_MAX - 1) : site);
}

static struct place *find(uintptr_t address)
{
    for (unsigned i = 0; i < PLACES; i++)
        if (places[i].address == address)
            return &places[i];
    return NULL;
}

static void see(void *unused, uintptr_t address, uint32_t site)
{
    (void)unused;
    struct place *p = find(address);
    seen_count++;
    if (!p || !p->is_live || p->is_seen || p->site != site || (p->is_alone && address < seen_last)) {
        seen_wrong++;
        return;
    }
    p->is_seen = true;
    if (p->is_alone)
        seen_last = address;
}

static void check_each(void)
{
    unsigned live = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        live += places[i].is_live;
        places[i].is_seen = false;
    }
    seen_count = seen_wrong = 0;
    seen_last = 0;
    lc_heap_each(see, NULL);
    cr_assert(eq(uint, seen_count, live), "seed %lu", seed);
    cr_assert(eq(uint, seen_wrong, 0), "seed %lu", seed);
}

static void check_is_used(void)
{
    uintptr_t start = lc_align_down(places[random_below(PLACES)].address, LC_PAGE_SIZE);
    struct lc_range range = {start, start + LC_PAGE_SIZE * (1 + random_below(20))};
    bool is_any_live = false, is_any_alone_live = false;
    for (unsigned i = 0; i < PLACES; i++)
        if (places[i].is_live && lc_range_has(range, places[i].address)) {
            is_any_live = true;
            is_any_alone_live |= places[i].is_alone;
        }
    bool is_used = lc_heap_is_used(range); /* need not know of the side table's */
    cr_assert(is_used ? is_any_live : !is_any_alone_live, "seed %lu: %lx-%lx", seed, range.start, range.end);
}

static void live(unsigned granule_to_use)
{
    granule = granule_to_use;
    lay_out();
    lc_heap_init(granule);
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        uint64_t puts = 2 + random_below(6); /* of 10: fuller and emptier tables */
        for (int i = 0; i < STEPS; i++) {
            struct place *p = &places[random_below(PLACES)];
            uint64_t what = random_below(10);
            if (what < puts)
                put(p, (uint32_t)random_below(LC_VEC_MAX - 1));
            else if (what == 9)
                move(p, &places[random_below(PLACES)]);
            else
                take(p);
            if (i % 100 == 0)
                check_is_used();
        }
        check_each();
    }
}

Test(prop_heap, granules_of_glibc)
{
    live(32);
}

Test(prop_heap, granules_of_other_allocators)
{
    live(8);
}
