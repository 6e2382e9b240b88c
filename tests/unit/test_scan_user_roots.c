#include "scan/user_roots.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static size_t count(void)
{
    struct lc_range r;
    size_t used = 0;
    for (size_t i = 0; lc_user_roots_get(i, &r); i++)
        used += !lc_range_is_empty(r);
    return used;
}

Test(scan_user_roots, come_and_go_by_their_exact_range)
{
    struct lc_range a = {100, 200}, other = {100, 300}, r;
    cr_assert(lc_user_roots_add(a));
    cr_assert(eq(sz, count(), 1));
    cr_assert(not(lc_user_roots_remove(other)));
    cr_assert(lc_user_roots_remove(a));
    cr_assert(eq(sz, count(), 0));
    cr_assert(lc_user_roots_add(other));
    cr_assert(lc_user_roots_get(0, &r)); /* in the place of the first */
    cr_assert(eq(uptr, r.end, 300));
}

Test(scan_user_roots, of_no_bytes_are_none)
{
    cr_assert(lc_user_roots_add((struct lc_range){100, 100}));
    cr_assert(eq(sz, count(), 0));
}
