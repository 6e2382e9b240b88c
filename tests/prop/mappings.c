/* The mapping table, against one owner for each page. */
#include "record/mappings.h"

#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

enum { SEEDS = 300, STEPS = 300, PAGES = 64 };

static uint32_t owner[PAGES], seen[PAGES]; /* stack, 0 for none */
static uint64_t seed;

static struct lc_range range_of(unsigned page, unsigned count)
{
    return (struct lc_range){page * LC_PAGE_SIZE, (page + count) * LC_PAGE_SIZE};
}

static void set_owner(struct lc_range r, uint32_t stack)
{
    for (uintptr_t a = r.start; a < r.end; a += LC_PAGE_SIZE)
        owner[a / LC_PAGE_SIZE] = stack;
}

static void see(void *unused, const struct lc_mapping *m)
{
    (void)unused;
    for (uintptr_t a = m->range.start; a < m->range.end; a += LC_PAGE_SIZE)
        seen[a / LC_PAGE_SIZE] = m->stack;
}

static void check(int step)
{
    cr_assert(lc_mappings_is_valid(), "seed %lu, step %d", seed, step);
    memset(seen, 0, sizeof seen);
    lc_mappings_each(see, NULL);
    cr_assert(eq(int, memcmp(seen, owner, sizeof owner), 0), "seed %lu, step %d", seed, step);
}

static struct lc_range random_range(void)
{
    unsigned page = (unsigned)random_below(PAGES);
    uint64_t most = random_below(4) ? 6 : PAGES;
    unsigned count = 1 + (unsigned)random_below(most);
    return range_of(page, count > PAGES - page ? PAGES - page : count);
}

static void map(struct lc_range r, uint32_t stack)
{
    cr_assert(lc_mappings_add((struct lc_mapping){r, stack, LC_FN_MMAP}));
    set_owner(r, stack);
}

static void unmap(struct lc_range r)
{
    cr_assert(lc_mappings_remove(r));
    set_owner(r, 0);
}

/* What is found overlaps, and is found exactly when there is something. */
static bool find(struct lc_range r, struct lc_mapping *m)
{
    bool is_any = false;
    for (uintptr_t a = r.start; a < r.end; a += LC_PAGE_SIZE)
        is_any |= owner[a / LC_PAGE_SIZE] != 0;
    bool is_found = lc_mappings_find(r, m);
    cr_assert(eq(int, is_found, is_any), "seed %lu", seed);
    if (is_found) {
        cr_assert(lc_range_overlaps(m->range, r), "seed %lu", seed);
        cr_assert(eq(u32, m->stack, owner[m->range.start / LC_PAGE_SIZE]), "seed %lu", seed);
    }
    return is_found;
}

/* mremap, to a place that may overlap others, or the old one when it is not moved. */
static void remap(struct lc_range from)
{
    struct lc_mapping m;
    if (!find(from, &m))
        return;
    unmap(from);
    struct lc_range to = random_range();
    if (random_below(3) == 0)
        to = (struct lc_range){from.start, from.end - LC_PAGE_SIZE};
    map(to, m.stack);
}

Test(prop_mappings, every_page_has_its_maker)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        for (int step = 0; step < STEPS; step++) {
            struct lc_mapping m;
            switch (random_below(5)) {
            case 0:
            case 1:
                map(random_range(), 1 + (uint32_t)random_below(1000));
                break;
            case 2:
                unmap(random_range());
                break;
            case 3:
                remap(random_range());
                break;
            default:
                find(random_range(), &m);
            }
            check(step);
        }
        unmap(range_of(0, PAGES));
        check(STEPS);
    }
}
