#include "vm/residency.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGES ((size_t)64)

static struct lc_residency r;
static char *memory;
static struct lc_vm_region region;

static void init(void)
{
    memory = mmap(NULL, PAGES * LC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    region = (struct lc_vm_region){.range = {(uintptr_t)memory, (uintptr_t)memory + PAGES * LC_PAGE_SIZE},
                                   .permissions = "rw-p", .name = ""};
    memory[3 * LC_PAGE_SIZE] = 1;
    memset(memory + 10 * LC_PAGE_SIZE, 1, 5 * LC_PAGE_SIZE);
    cr_assert(eq(int, lc_residency_init(&r, 0), 0));
}

static void fini(void)
{
    lc_residency_release(&r);
}

TestSuite(vm_residency, .init = init, .fini = fini);

static void check(void)
{
    cr_assert(eq(int, lc_residency_add(&r, &region, NULL), 0));
    for (size_t i = 0; i < PAGES; i++)
        cr_assert(eq(int, lc_residency_has(&r, (uintptr_t)memory + i * LC_PAGE_SIZE + 100), i == 3 || (i >= 10 && i < 15)),
                  "page %zu", i);
}

Test(vm_residency, touched_pages_are_there_and_stay_the_only_ones)
{
    unsigned char state[PAGES];
    check();
    cr_assert(eq(int, mincore(memory, PAGES * LC_PAGE_SIZE, state), 0));
    for (size_t i = 0; i < PAGES; i++)
        cr_assert(eq(int, state[i] & 1, i == 3 || (i >= 10 && i < 15)), "page %zu", i);
}

Test(vm_residency, the_same_by_the_bits_of_pagemap)
{
    r.categories = 0;
    check();
}

Test(vm_residency, the_same_by_mincore)
{
    r.categories = 0;
    close(r.pagemap);
    r.pagemap = -1;
    check();
}

Test(vm_residency, runs_are_cut_to_what_was_asked)
{
    uintptr_t start = (uintptr_t)memory;
    lc_residency_add(&r, &region, NULL);
    struct lc_range run = lc_residency_next(&r, (struct lc_range){start + 10 * LC_PAGE_SIZE + 8, start + 13 * LC_PAGE_SIZE - 8});
    cr_assert(eq(uptr, run.start, start + 10 * LC_PAGE_SIZE + 8));
    cr_assert(eq(uptr, run.end, start + 13 * LC_PAGE_SIZE - 8));
    run = lc_residency_next(&r, (struct lc_range){start, region.range.end});
    cr_assert(eq(uptr, run.start, start + 3 * LC_PAGE_SIZE));
    cr_assert(eq(uptr, run.end, start + 4 * LC_PAGE_SIZE));
    run = lc_residency_next(&r, (struct lc_range){start + 15 * LC_PAGE_SIZE, region.range.end});
    cr_assert(lc_range_is_empty(run));
}

Test(vm_residency, what_was_not_asked_about_is_not_there)
{
    cr_assert(not(lc_residency_has(&r, (uintptr_t)memory + 3 * LC_PAGE_SIZE)));
    cr_assert(not(lc_residency_has(&r, UINTPTR_MAX)));
}
