#include "record/mappings.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

static void add(uintptr_t start, uintptr_t end, uint32_t stack)
{
    cr_assert(lc_mappings_add((struct lc_mapping){{start, end}, stack, LC_FN_MMAP}));
}

static void cut(uintptr_t start, uintptr_t end)
{
    cr_assert(lc_mappings_remove((struct lc_range){start, end}));
}

static void print(void *text, const struct lc_mapping *m)
{
    sprintf((char *)text + strlen(text), "%lu-%lu:%u ", m->range.start, m->range.end, m->stack);
}

/* All mappings as "start-end:stack ". */
static char *all(void)
{
    static char text[512];
    text[0] = '\0';
    cr_assert(lc_mappings_is_valid());
    lc_mappings_each(print, text);
    return text;
}

Test(mappings, come_in_address_order)
{
    cr_assert(eq(str, all(), ""));
    add(30, 40, 3);
    add(10, 20, 1);
    add(20, 30, 2);
    cr_assert(eq(str, all(), "10-20:1 20-30:2 30-40:3 "));
}

Test(mappings, an_empty_one_is_none)
{
    add(10, 10, 1);
    cr_assert(eq(str, all(), ""));
}

Test(mappings, a_part_is_unmapped)
{
    add(10, 50, 1);
    cut(10, 20);
    cr_assert(eq(str, all(), "20-50:1 "));
    cut(40, 50);
    cr_assert(eq(str, all(), "20-40:1 "));
    cut(25, 30);
    cr_assert(eq(str, all(), "20-25:1 30-40:1 "));
    cut(0, 20);
    cut(25, 30);
    cr_assert(eq(str, all(), "20-25:1 30-40:1 ")); /* control: nothing was there */
}

Test(mappings, several_are_unmapped_at_once)
{
    add(10, 20, 1);
    add(20, 30, 2);
    add(40, 50, 3);
    cut(15, 45);
    cr_assert(eq(str, all(), "10-15:1 45-50:3 "));
    cut(0, 100);
    cr_assert(eq(str, all(), ""));
}

Test(mappings, what_is_mapped_over_belongs_to_the_later_one)
{
    add(10, 50, 1);
    add(20, 30, 2);
    cr_assert(eq(str, all(), "10-20:1 20-30:2 30-50:1 "));
    add(15, 35, 3);
    cr_assert(eq(str, all(), "10-15:1 15-35:3 35-50:1 "));
    add(10, 50, 4);
    cr_assert(eq(str, all(), "10-50:4 "));
}

Test(mappings, are_found_by_any_overlap)
{
    struct lc_mapping m;
    add(10, 20, 1);
    add(30, 40, 2);
    cr_assert(lc_mappings_find((struct lc_range){19, 20}, &m));
    cr_assert(eq(u32, m.stack, 1));
    cr_assert(eq(int, m.function, LC_FN_MMAP));
    cr_assert(lc_mappings_find((struct lc_range){20, 31}, &m));
    cr_assert(eq(u32, m.stack, 2));
    cr_assert(not(lc_mappings_find((struct lc_range){20, 30}, &m)));
    cr_assert(not(lc_mappings_find((struct lc_range){0, 10}, &m)));
    cr_assert(not(lc_mappings_find((struct lc_range){40, 99}, &m)));
}

Test(mappings, want_of_memory_is_told)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &little);
    cr_assert(not(lc_mappings_add((struct lc_mapping){{10, 20}, 1, LC_FN_MMAP})));
    cr_assert(eq(str, all(), ""));
}
