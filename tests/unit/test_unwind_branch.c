#include "unwind/branch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* A stack in memory: frame p has its CFA behind word 2 * (p - 100), where its own return address, p, lies. */
enum { OUTER = 110, FIRST = 100, LAST = 120 };
static uintptr_t words[2 * (LAST - FIRST) + 2];
static struct lc_trace t;
static struct lc_branches branches;

static uintptr_t cfa(uintptr_t p)
{
    return (uintptr_t)&words[2 * (p - FIRST) + 1];
}

static void add(uintptr_t p, uintptr_t pc, enum lc_link link)
{
    const struct lc_frame f = {.pc = pc, .sp = cfa(p), .fp = 0};
    struct lc_traced_more *more = lc_trace_add(&t, &f);
    more->link = (uint8_t)link;
    more->fp_at = 0;
    words[2 * (p - FIRST)] = pc;
}

/* Frames [FIRST, OUTER) on top of [OUTER, LAST), of code at `pc`; `inner` is how the innermost finds its caller. */
static void set_up(uintptr_t pc, enum lc_link inner)
{
    branches = (struct lc_branches){0};
    lc_trace_forget(&t);
    for (uintptr_t p = OUTER; p < LAST; p++)
        add(p, p, p + 1 < LAST ? LC_LINK_SP : LC_LINK_END);
    lc_trace_settle(&t, LC_TRACE_MAX, LC_STEP_END);
    const unsigned joins = t.at;
    for (uintptr_t p = FIRST; p < OUTER; p++)
        add(p, pc + p, p == FIRST ? inner : LC_LINK_SP);
    lc_trace_settle(&t, joins, LC_STEP_END);
    lc_branches_add(&branches, &t, joins);
}

static uint64_t find(uintptr_t pc)
{
    const struct lc_context from = {.pc = pc + FIRST, .sp = cfa(FIRST)};
    return lc_branches_find(&branches, &t, &from);
}

Test(branch, is_found_as_long_as_it_and_the_trace_are_as_they_were)
{
    set_up(1000, LC_LINK_SP);
    const uint64_t name = t.more[t.at].name;
    cr_assert(eq(u64, find(1000), name));
    cr_assert(eq(u64, find(2000), 0));
    uintptr_t *const inside[] = {&words[2 * 5], &words[2 * (OUTER - FIRST)], &words[2 * (LAST - 1 - FIRST)]};
    for (unsigned i = 0; i < LC_ARRAY_LEN(inside); i++) {
        ++*inside[i];
        cr_assert(eq(u64, find(1000), 0), "word %u", i);
        --*inside[i];
        cr_assert(eq(u64, find(1000), name), "word %u", i);
    }
}

Test(branch, on_other_callers_has_the_name_that_unwinding_gives)
{
    set_up(1000, LC_LINK_SP);
    const uint64_t before = find(1000);
    for (unsigned i = t.at; i < LC_TRACE_MAX; i++)
        t.fresh[t.fresh_count] = t.frame[i], t.fresh_more[t.fresh_count++] = t.more[i];
    t.fresh[LAST - FIRST - 1].pc = words[2 * (LAST - 1 - FIRST)] = 77; /* the outermost */
    for (unsigned i = 0; i < LAST - FIRST; i++)
        t.fresh[i].sp = LC_TRACED_SP(&t.fresh[i]);
    lc_trace_settle(&t, LC_TRACE_MAX, LC_STEP_END);
    cr_assert(ne(u64, t.more[t.at].name, before));
    cr_assert(eq(u64, find(1000), t.more[t.at].name));
}

/* A program comes to the same innermost frame by several ways: each has its place. */
Test(branch, has_room_for_others_with_the_same_innermost_frame)
{
    set_up(1000, LC_LINK_SP);
    uint64_t names[LC_BRANCH_WAYS];
    uintptr_t *const middle = &words[2 * 5];
    for (uintptr_t way = 0; way < LC_BRANCH_WAYS; way++) {
        const unsigned joins = LC_TRACE_MAX - (LAST - OUTER);
        for (unsigned i = t.at; i < joins; i++)
            t.fresh[t.fresh_count] = t.frame[i], t.fresh_more[t.fresh_count++] = t.more[i];
        for (unsigned i = 0; i < t.fresh_count; i++)
            t.fresh[i].sp = LC_TRACED_SP(&t.fresh[i]);
        t.fresh[5].pc = *middle = 5000 + way;
        lc_trace_settle(&t, joins, LC_STEP_END);
        lc_branches_add(&branches, &t, joins);
        names[way] = t.more[t.at].name;
    }
    for (uintptr_t way = 0; way < LC_BRANCH_WAYS; way++) {
        *middle = 5000 + way;
        cr_assert(eq(u64, find(1000), names[way]), "way %zu", (size_t)way);
    }
    *middle = 1000 + FIRST + 5; /* the first of all has made room for the last */
    cr_assert(eq(u64, find(1000), 0));
}

/* With another rbp the same code at the same place has other callers. */
Test(branch, of_code_that_needs_rbp_is_not_remembered)
{
    set_up(1000, LC_LINK_FP);
    cr_assert(eq(u64, find(1000), 0));
}
