/* tools/map_picture.c and map_groups.c: what becomes one line, and what its bar has. */
#include "map_picture.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

static unsigned sum(const unsigned cells[LC_MAP_STATE_COUNT])
{
    unsigned all = 0;
    for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++)
        all += cells[i];
    return all;
}

Test(map_picture, cells_are_in_proportion)
{
    const uint64_t bytes[LC_MAP_STATE_COUNT] = {[LC_MAP_RESIDENT] = 1 << 20, [LC_MAP_SWAPPED] = 1 << 20, [LC_MAP_UNTOUCHED] = 2 << 20};
    unsigned cells[LC_MAP_STATE_COUNT];
    lc_map_cells(bytes, 40, cells);
    cr_assert(eq(uint, cells[LC_MAP_RESIDENT], 10));
    cr_assert(eq(uint, cells[LC_MAP_SWAPPED], 10));
    cr_assert(eq(uint, cells[LC_MAP_UNTOUCHED], 20));
}

/* A page among gigabytes has its cell, and the bar its width. */
Test(map_picture, whatever_there_is_is_seen)
{
    uint64_t bytes[LC_MAP_STATE_COUNT];
    unsigned cells[LC_MAP_STATE_COUNT];
    srand(1);
    for (unsigned round = 0; round < 10000; round++) {
        unsigned width = 20 + (unsigned)rand() % 100;
        for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++)
            bytes[i] = rand() % 2 ? (uint64_t)rand() << rand() % 30 : 0;
        lc_map_cells(bytes, width, cells);
        cr_assert(eq(uint, sum(cells), width));
        uint64_t all = 0;
        for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++)
            all += bytes[i];
        for (unsigned i = 0; all && i < LC_MAP_STATE_COUNT; i++)
            cr_assert(eq(int, cells[i] > 0, bytes[i] > 0), "round %u, state %u", round, i);
    }
}

Test(map_picture, an_empty_group_has_an_empty_bar)
{
    const uint64_t bytes[LC_MAP_STATE_COUNT] = {0};
    unsigned cells[LC_MAP_STATE_COUNT];
    lc_map_cells(bytes, 30, cells);
    cr_assert(eq(uint, cells[LC_MAP_UNTOUCHED], 30));
}

static struct lc_region region(uintptr_t page, size_t pages, const char *permissions, enum lc_region_kind kind, const char *name)
{
    struct lc_region r = {.vm = {.range = {page * LC_PAGE_SIZE, (page + pages) * LC_PAGE_SIZE}, .kind = kind, .name = name, .has_residency = true},
                          .purpose = "", .site = {"", 0, LC_NONE}};
    for (int i = 0; i < 4; i++)
        r.vm.permissions[i] = permissions[i];
    return r;
}

Test(map_picture, a_module_with_its_bss_is_one_group)
{
    struct lc_region regions[] = {
        region(10, 2, "r-xp", LC_REGION_CODE, "/lib/a.so"),  region(12, 1, "rw-p", LC_REGION_DATA, "/lib/a.so"),
        region(13, 4, "rw-p", LC_REGION_BSS, ""),            region(30, 1, "rw-p", LC_REGION_ANONYMOUS, ""),
        region(40, 2, "r-xp", LC_REGION_CODE, "/opt/a.so"),  region(50, 8, "---p", LC_REGION_GUARD, ""),
        region(58, 8, "rw-p", LC_REGION_STACK, ""),          region(70, 8, "rw-p", LC_REGION_STACK, ""),
    };
    regions[2].vm.resident = 3 * LC_PAGE_SIZE;
    const bool all[] = {true, true, true, true, true, true, true, true}, one[] = {false, false, true};
    const struct lc_findings f = {.regions = regions, .region_count = 8};
    struct lc_map_group *groups = lc_map_groups_make(&f, all, NULL);
    cr_assert(eq(uint, HASH_COUNT(groups), 5));
    cr_assert_str_eq(groups->key, "/lib/a.so");
    cr_assert(eq(sz, groups->regions, 3));
    cr_assert(eq(u64, groups->bytes[LC_MAP_RESIDENT], 3 * LC_PAGE_SIZE));
    cr_assert(eq(u64, groups->bytes[LC_MAP_UNTOUCHED], 4 * LC_PAGE_SIZE));
    struct lc_map_group *last = groups;
    while (last->hh.next)
        last = last->hh.next;
    cr_assert_str_eq(last->key, "stacks of threads");
    cr_assert(eq(sz, last->regions, 2));
    lc_map_groups_free(groups);
    const struct lc_findings first = {.regions = regions, .region_count = 3};
    groups = lc_map_groups_make(&first, one, NULL); /* bss alone is its module's, too */
    cr_assert_str_eq(groups->key, "/lib/a.so");
    cr_assert(eq(sz, groups->regions, 1));
    lc_map_groups_free(groups);
}

static const char *drawn(const struct lc_map_group *groups, bool has_colour)
{
    static char text[4096];
    struct lc_out out;
    const struct lc_map_canvas canvas = {LC_MAP_COLUMNS_MIN, has_colour};
    lc_out_init(&out, -1, text, sizeof text - 1);
    lc_map_picture(&out, groups, &canvas);
    text[out.len] = '\0';
    return text;
}

Test(map_picture, states_differ_without_colours_and_names_can_not_move_the_cursor)
{
    struct lc_region r = region(10, 8, "rw-p", LC_REGION_FILE, "/\033[m");
    r.vm.resident = 2 * LC_PAGE_SIZE;
    r.vm.swapped = 4 * LC_PAGE_SIZE;
    const bool all[] = {true};
    const struct lc_findings f = {.regions = &r, .region_count = 1};
    struct lc_map_group *groups = lc_map_groups_make(&f, all, NULL);
    cr_assert_str_eq(drawn(groups, false), "   RSS   SIZE  # in RAM   s in swap   . never touched\n"
                                           "  8.0K  32.0K |#########ssssssssssssssssss.........|  \\x1B[m\n\n");
    cr_assert_str_eq(drawn(groups, true),
                     "   RSS   SIZE  # in RAM   s in swap   . never touched\n"
                     "  8.0K  32.0K |\033[32m#########\033[m\033[31mssssssssssssssssss\033[m\033[2m.........\033[m|  \\x1B[m\n\n");
    lc_map_groups_free(groups);
}
