#include "unwind/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

/* The model: the same frames by their pc, innermost first. The stack of frame p is at address p * 16. */
static struct lc_trace t;
static uintptr_t model[2 * LC_TRACE_MAX];
static unsigned depth;

static void add(uintptr_t pc, enum lc_link link, int16_t fp_at)
{
    const struct lc_frame f = {.pc = pc, .sp = pc * 16, .fp = pc * 3};
    struct lc_traced_more *more = lc_trace_add(&t, &f);
    more->link = (uint8_t)link;
    more->fp_at = fp_at;
}

static unsigned count(void)
{
    return LC_TRACE_MAX - t.at;
}

static void check(void)
{
    cr_assert(le(uint, count(), depth));
    for (unsigned i = 0; i < count(); i++)
        cr_assert(eq(uptr, t.frame[t.at + i].pc, model[i]), "frame %u of %u", i, count());
    if (count() < depth) { /* only what no stack can need is cut off */
        cr_assert(ge(uint, count(), LC_FRAMES_KEPT));
        cr_assert(eq(int, t.ended, LC_STEP_CALLER));
        depth = count();
    }
    for (unsigned i = 0; i < 3; i++)
        cr_assert(eq(uptr, t.frame[LC_TRACE_MAX + i].pc, t.frame[LC_TRACE_MAX - 1].pc));
}

/* `fresh` frames come in inside of the `to`-th from the outside (0: nothing is kept). */
static void change(unsigned kept, unsigned fresh)
{
    static uintptr_t next = 1000000; /* stacks grow down */
    const unsigned gone = depth - kept;
    for (unsigned i = 0; i < kept; i++)
        t.at = LC_TRACE_MAX - depth + gone; /* as a capture leaves it that meets that frame */
    static uintptr_t others[LC_FRESH_MAX];
    for (unsigned i = 0; i < fresh; i++)
        others[i] = next--;
    static uintptr_t outer[LC_TRACE_MAX];
    for (unsigned i = 0; i < kept; i++)
        outer[i] = model[gone + i];
    for (unsigned i = 0; i < fresh; i++) {
        model[i] = others[fresh - 1 - i];
        add(model[i], LC_LINK_SP, 0);
    }
    for (unsigned i = 0; i < kept; i++)
        model[fresh + i] = outer[i];
    depth = fresh + kept;
    lc_trace_settle(&t, LC_TRACE_MAX - kept, LC_STEP_END);
    check();
}

Test(trace, changes_at_random_are_those_of_an_array)
{
    lc_trace_forget(&t);
    srand(1);
    change(0, 10);
    for (unsigned i = 0; i < 100000; i++) {
        const unsigned kept = (unsigned)rand() % (depth + 1);
        const unsigned room = rand() % 50 ? 12 : LC_FRESH_MAX - 1;
        change(kept, (unsigned)rand() % room + (kept == 0));
    }
}

static uint64_t name_of(unsigned frames, uintptr_t first, enum lc_step ended)
{
    lc_trace_forget(&t);
    for (unsigned i = 0; i < frames; i++)
        add(first + i, LC_LINK_SP, 0);
    lc_trace_settle(&t, LC_TRACE_MAX, ended);
    return t.more[t.at].name;
}

Test(trace, a_stack_is_named_by_its_frames_and_its_end)
{
    const uint64_t name = name_of(5, 100, LC_STEP_END);
    cr_assert(eq(u64, name_of(5, 100, LC_STEP_END), name));
    cr_assert(ne(u64, name_of(4, 100, LC_STEP_END), name));
    cr_assert(ne(u64, name_of(5, 101, LC_STEP_END), name));
    cr_assert(ne(u64, name_of(5, 100, LC_STEP_CALLER), name));
    cr_assert(ne(u64, name_of(5, 100, LC_STEP_LOST), name));
    cr_assert(eq(u64, name & LC_NAME_LOST, 0));
    cr_assert(eq(u64, name_of(5, 100, LC_STEP_LOST) & LC_NAME_LOST, LC_NAME_LOST));
}

Test(trace, tags_go_with_names)
{
    name_of(5, 100, LC_STEP_END);
    for (unsigned i = 0; i < 5; i++)
        t.more[t.at + i].tag = 1 + i;
    add(90, LC_LINK_SP, 0);
    lc_trace_settle(&t, LC_TRACE_MAX - 3, LC_STEP_END); /* two frames go, one comes */
    cr_assert(eq(u32, t.more[t.at].tag, 0));
    for (unsigned i = 2; i < 5; i++)
        cr_assert(eq(u32, t.more[LC_TRACE_MAX - 5 + i].tag, 1 + i));
}

/* rbp counts where a CFA comes of it, down to the frame that saves it. */
Test(trace, rbp_is_looked_at_only_where_it_leads_to_a_frame)
{
    lc_trace_forget(&t);
    add(100, LC_LINK_SP, -16); /* saves what its caller needs */
    add(101, LC_LINK_SP, 0);   /* keeps it */
    add(102, LC_LINK_FP, -16);
    add(103, LC_LINK_SP, -16); /* saves what nobody needs */
    add(104, LC_LINK_END, 0);
    lc_trace_settle(&t, LC_TRACE_MAX, LC_STEP_END);
    static const bool needs_fp[] = {false, true, true, false, false}, closely[] = {false, true, false, false, false};
    for (unsigned i = 0; i < 5; i++) {
        cr_assert(eq(int, !!(t.frame[t.at + i].sp & LC_TRACED_NEEDS_FP), needs_fp[i]), "frame %u", i);
        cr_assert(eq(int, !!(t.frame[t.at + i].sp & LC_TRACED_CLOSELY), closely[i]), "frame %u", i);
    }
}

Test(trace, a_frame_on_another_stack_is_looked_at_closely)
{
    lc_trace_forget(&t);
    add(200, LC_LINK_SP, 0);
    add(100, LC_LINK_SP, 0); /* lower than its callee */
    add(101, LC_LINK_END, 0);
    lc_trace_settle(&t, LC_TRACE_MAX, LC_STEP_END);
    cr_assert(ne(uptr, t.frame[t.at + 1].sp & LC_TRACED_CLOSELY, 0));
    cr_assert(eq(uptr, t.frame[t.at + 2].sp & LC_TRACED_CLOSELY, 0));
}
