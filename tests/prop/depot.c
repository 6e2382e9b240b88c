/* The depot, against the stacks themselves: the number of a stack leads back to it, so that different stacks
 * have different numbers; and it is always the same. */
#include "../intern.h"
#include "record/depot.h"

#include "random.h"
#include "record/modules.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <link.h>
#include <string.h>

enum { SEEDS = 20, STACKS = 500 };

static struct lc_stack stacks[STACKS];
static uint32_t numbers[STACKS];
static uintptr_t library; /* some addresses lie in it, if it is not 0 */
static uint64_t seed;

static uintptr_t random_address(void)
{
    if (library && random_below(8) == 0)
        return library + 1 + random_below(64);
    switch (random_below(8)) {
    case 0:
        return random_word() & LC_DEPOT_ADDRESS;
    case 1:
        return (uintptr_t)random_start + random_below(16);
    default:
        return 0x400000 + random_below(6); /* few, so that parts are shared */
    }
}

/* A new one, or an earlier one with some frames changed. */
static void make_stack(struct lc_stack *s, unsigned earlier)
{
    memset(s, 0, sizeof *s);
    if (earlier && random_below(2))
        *s = stacks[random_below(earlier)];
    else
        s->depth = 1 + (unsigned)random_below(random_below(4) ? 12 : LC_FRAMES_MAX);
    bool is_new = !s->frames[0];
    for (unsigned i = 0; i < s->depth; i++) {
        if (!is_new && random_below(s->depth))
            continue;
        s->frames[i] = random_address();
        s->exact[i / 64] ^= (uint64_t)(random_below(10) == 0) << (i % 64);
    }
    s->frames[s->depth - 1] = 0x10000000 + seed; /* histories share nothing: a library may come back to its place */
    s->truncated = random_below(8) == 0;
}

static bool is_exact(const struct lc_stack *s, unsigned i)
{
    return s->exact[i / 64] >> (i % 64) & 1;
}

/* Retired frames tell the same. */
static bool leads_back(uint32_t number, const struct lc_stack *s)
{
    for (unsigned i = 0; i < s->depth; i++) {
        if (number == LC_DEPOT_NONE)
            return false;
        const struct lc_depot_frame *f = lc_depot_get(number);
        bool is_cut = s->truncated && i == s->depth - 1;
        if ((f->address & LC_DEPOT_ADDRESS) != s->frames[i] || !!(f->address & LC_DEPOT_EXACT) != is_exact(s, i) ||
            !!(f->address & LC_DEPOT_CUT) != is_cut)
            return false;
        number = f->outer;
    }
    return number == LC_DEPOT_NONE;
}

static void intern_all(void)
{
    for (unsigned i = 0; i < STACKS; i++) {
        make_stack(&stacks[i], i);
        numbers[i] = intern_stack(&stacks[i]);
        cr_assert(leads_back(numbers[i], &stacks[i]), "seed %lu, stack %u", seed, i);
    }
}

static void init(void)
{
    lc_modules_init("/some/where");
}

TestSuite(prop_depot, .init = init);

Test(prop_depot, numbers_lead_back_and_stay)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        intern_all();
        for (unsigned i = 0; i < 2 * STACKS; i++) {
            unsigned again = (unsigned)random_below(STACKS);
            uint32_t number = intern_stack(&stacks[again]);
            cr_assert(eq(u32, number, numbers[again]), "seed %lu, stack %u", seed, again);
        }
    }
}

static bool is_through_library(const struct lc_stack *s)
{
    bool is_through = false;
    for (unsigned i = 0; i < s->depth; i++)
        is_through |= s->frames[i] - library <= 65;
    return is_through;
}

static void check_retired(void)
{
    for (unsigned i = 0; i < STACKS; i++) {
        uint32_t number = intern_stack(&stacks[i]);
        bool is_another = number != numbers[i];
        cr_assert(eq(int, is_another, is_through_library(&stacks[i])), "seed %lu, stack %u", seed, i);
        cr_assert(leads_back(number, &stacks[i]), "seed %lu, stack %u", seed, i);
        cr_assert(leads_back(numbers[i], &stacks[i]), "seed %lu, stack %u", seed, i);
    }
}

Test(prop_depot, exactly_the_stacks_through_a_closed_module_are_others_afterwards)
{
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        struct link_map *map = dlopen("libBrokenLocale.so.1", RTLD_NOW);
        cr_assert(ne(ptr, map, NULL));
        library = map->l_addr;
        intern_all();
        dlclose(map);
        cr_assert(lc_modules_sweep());
        lc_depot_retire_closed();
        check_retired();
    }
}
