#include "record/errors.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static const struct lc_error_record twice = {LC_FREE_TWICE, LC_FN_FREE, 10, 20, 0x1000, 0};

struct seen {
    unsigned count;
    struct lc_error_record records[8];
};

static void see(void *context, const struct lc_error_record *e)
{
    struct seen *seen = context;
    seen->records[seen->count++ % 8] = *e;
}

static struct seen all(void)
{
    struct seen seen = {0};
    lc_errors_each(see, &seen);
    return seen;
}

Test(errors, equal_ones_are_counted)
{
    struct lc_error_record elsewhere = twice;
    elsewhere.address = 0x2000;
    cr_assert(lc_errors_add(twice));
    cr_assert(not(lc_errors_add(twice)));
    cr_assert(not(lc_errors_add(elsewhere)));
    cr_assert(eq(uint, all().count, 1));
    cr_assert(eq(u64, all().records[0].count, 3));
    cr_assert(eq(uptr, all().records[0].address, 0x1000)); /* of the first */
}

Test(errors, kind_function_stack_and_origin_tell_them_apart)
{
    struct lc_error_record e = twice;
    lc_errors_add(e);
    e.kind = LC_FREE_MISMATCHED;
    cr_assert(lc_errors_add(e));
    e.function = LC_FN_DELETE;
    cr_assert(lc_errors_add(e));
    e.stack = 11;
    cr_assert(lc_errors_add(e));
    e.origin = 21;
    cr_assert(lc_errors_add(e));
    cr_assert(eq(uint, all().count, 5));
}

Test(errors, come_in_the_order_of_their_first)
{
    struct lc_error_record e = twice;
    for (e.stack = 100; e.stack > 95; e.stack--)
        lc_errors_add(e);
    e.stack = 97;
    lc_errors_add(e);
    struct seen seen = all();
    for (unsigned i = 0; i < 5; i++)
        cr_assert(eq(u32, seen.records[i].stack, 100 - i));
}
