#include "unwind/trace.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

/* The model: the same frames by their pc, in an array. */
static struct lc_trace trace;
static uintptr_t model[2 * LC_TRACE_MAX];
static unsigned model_count;

static void check(void)
{
    const unsigned count = trace.end - trace.head;
    cr_assert(le(uint, count, model_count));
    for (unsigned i = 0; i < count; i++)
        cr_assert(eq(uptr, trace.frame[trace.head + i].pc, model[i]));
    if (count < model_count) /* only what no stack can need is forgotten */
        cr_assert(ge(uint, count, LC_FRAMES_MAX));
    model_count = count;
}

static void splice(unsigned from, unsigned to, unsigned count)
{
    static struct lc_traced others[LC_FRAMES_MAX];
    static uintptr_t name;
    static uintptr_t outer[LC_TRACE_MAX];
    const unsigned outer_count = model_count - to;
    memcpy(outer, &model[to], outer_count * sizeof *outer);
    for (unsigned i = 0; i < count; i++) {
        others[i].pc = ++name;
        model[from + i] = name;
    }
    memcpy(&model[from + count], outer, outer_count * sizeof *outer);
    model_count = from + count + outer_count;
    const unsigned at = lc_trace_splice(&trace, trace.head + from, trace.head + to, others, count);
    if (at < trace.end)
        cr_assert(eq(uptr, trace.frame[at].pc, outer[0]));
    check();
}

Test(trace, splices_at_random_are_those_of_an_array)
{
    lc_trace_forget(&trace);
    srand(1);
    for (unsigned i = 0; i < 100000; i++) {
        const unsigned inner_max = model_count < LC_FRAMES_MAX ? model_count : LC_FRAMES_MAX;
        const unsigned from = (unsigned)rand() % (rand() % 4 ? inner_max / 4 + 1 : inner_max + 1);
        const unsigned to = from + (unsigned)rand() % (model_count - from + 1);
        const unsigned room = LC_FRAMES_MAX - from;
        splice(from, rand() % 3 ? (to - from) / 8 + from : to,
               (unsigned)rand() % (rand() % 4 ? room / 8 + 1 : room + 1));
    }
}

Test(trace, a_stack_of_the_largest_depth_stays_whole)
{
    lc_trace_forget(&trace);
    splice(0, 0, LC_FRAMES_MAX);
    for (unsigned i = 0; i < 1000; i++)
        splice(0, 1, i % 3);
    cr_assert(ge(uint, trace.end - trace.head, LC_FRAMES_MAX - 1));
}
