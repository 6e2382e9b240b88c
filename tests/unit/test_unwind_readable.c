#include "unwind/readable.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/mman.h>

enum { PAGES = 8 };

static uintptr_t base; /* PAGES pages, each with its number at its start; the last one can't be read */

static void set_up(void)
{
    char *p = mmap(NULL, PAGES * LC_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(p != MAP_FAILED);
    base = (uintptr_t)p;
    for (uintptr_t i = 0; i < PAGES; i++)
        *(uintptr_t *)(base + i * LC_PAGE_SIZE) = i;
    cr_assert(eq(int, mprotect(p + (PAGES - 1) * LC_PAGE_SIZE, LC_PAGE_SIZE, PROT_NONE), 0));
}

TestSuite(readable, .init = set_up);

static uintptr_t page(unsigned number)
{
    return base + number * LC_PAGE_SIZE;
}

static bool reads(struct lc_readable *known, uintptr_t address, uintptr_t expected)
{
    uintptr_t word = ~expected;
    return lc_readable_word(known, address, &word) && word == expected;
}

Test(readable, pages_above_are_asked_about_and_remembered)
{
    struct lc_readable known = {0};
    lc_readable_enter(&known, page(1) + 64);
    cr_assert(eq(uptr, known.current.start, page(1)));
    cr_assert(eq(uptr, known.current.end, page(2)));
    cr_assert(reads(&known, page(4), 4));
    cr_assert(eq(uptr, known.current.end, page(5)));
    cr_assert(reads(&known, page(2), 2));
}

Test(readable, what_cannot_be_read_is_not)
{
    struct lc_readable known = {0};
    uintptr_t word;
    lc_readable_enter(&known, page(1));
    cr_assert(not(lc_readable_word(&known, page(PAGES - 1), &word)));
    volatile uintptr_t low = 16;
    cr_assert(not(lc_readable_word(&known, low, &word)));
    cr_assert(not(lc_readable_word(&known, ~(uintptr_t)7, &word)));
    cr_assert(not(lc_readable_word(&known, page(1) + 1, &word)));
    cr_assert(reads(&known, page(PAGES - 2), PAGES - 2));
}

Test(readable, a_stack_pointer_on_a_page_boundary_has_its_word_below)
{
    struct lc_readable known = {0};
    lc_readable_enter(&known, page(PAGES - 1));
    cr_assert(eq(uptr, known.current.start, page(PAGES - 2)));
    cr_assert(eq(uptr, known.current.end, page(PAGES - 1)));
}

Test(readable, a_stack_that_grows_keeps_what_is_known)
{
    struct lc_readable known = {.low = page(5), .current = {page(5), page(6)}};
    lc_readable_enter(&known, page(2) + 8);
    cr_assert(eq(uptr, known.current.start, page(2)));
    cr_assert(eq(uptr, known.current.end, page(6)));
}

Test(readable, a_stack_that_shrinks_is_known_when_it_grows_again)
{
    struct lc_readable known = {.low = page(2), .current = {page(2), page(6)}};
    lc_readable_enter(&known, page(4) + 8);
    cr_assert(eq(uptr, known.current.start, page(4)));
    cr_assert(eq(uptr, known.low, page(2)));
    lc_readable_enter(&known, page(2) + 8);
    cr_assert(eq(uptr, known.current.start, page(2)));
    cr_assert(eq(uptr, known.current.end, page(6)));
}

Test(readable, another_stack_starts_anew)
{
    struct lc_readable known = {.low = page(0), .current = {page(0), page(2)}};
    lc_readable_enter(&known, page(5) + 8);
    cr_assert(eq(uptr, known.current.start, page(5)));
    cr_assert(eq(uptr, known.low, page(5)));
    cr_assert(eq(uptr, known.current.end, page(6)));
    known = (struct lc_readable){.low = page(PAGES), .current = {page(PAGES), page(PAGES + 1)}}; /* beyond what can't be read */
    lc_readable_enter(&known, page(5) + 8);
    cr_assert(eq(uptr, known.current.start, page(5)));
    cr_assert(eq(uptr, known.low, page(5)));
    cr_assert(eq(uptr, known.current.end, page(6)));
}

Test(readable, a_second_stack_far_away_is_remembered_for_one_capture)
{
    struct lc_readable known = {0};
    uintptr_t word;
    const size_t len = 200 * LC_PAGE_SIZE;
    char *far = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(far != MAP_FAILED);
    const uintptr_t second = (uintptr_t)far + 100 * LC_PAGE_SIZE;
    lc_readable_enter(&known, (uintptr_t)far + 64);
    cr_assert(lc_readable_word(&known, second + 8, &word));
    cr_assert(lc_readable_word(&known, second + LC_PAGE_SIZE, &word));
    cr_assert(eq(uptr, known.other.start, second));
    cr_assert(eq(uptr, known.other.end, second + 2 * LC_PAGE_SIZE));
    cr_assert(eq(uptr, known.current.end, (uintptr_t)far + LC_PAGE_SIZE));

    cr_assert(eq(int, mprotect((void *)second, LC_PAGE_SIZE, PROT_NONE), 0));
    lc_readable_enter(&known, (uintptr_t)far + 64);
    cr_assert(not(lc_readable_word(&known, second + 8, &word)));
}
