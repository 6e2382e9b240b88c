#include "base/vec.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/resource.h>

struct item {
    uint64_t number;
    char tag; /* and padding */
};

enum { COUNT = 100000 };

static struct lc_vec v = LC_VEC_OF(struct item);

static uint32_t push(uint64_t number)
{
    struct item i = {number, (char)number};
    return lc_vec_push(&v, &i, "test");
}

static const struct item *at(uint32_t index)
{
    return lc_vec_at(&v, index);
}

Test(vec, starts_empty)
{
    cr_assert(eq(u32, lc_vec_count(&v), 0));
}

Test(vec, indexes_count_up_and_lead_back_to_the_items)
{
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert(eq(u32, push(i * 3), i));
    cr_assert(eq(u32, lc_vec_count(&v), COUNT));
    for (uint32_t i = 0; i < COUNT; i++) {
        cr_assert(eq(u64, at(i)->number, i * 3));
        cr_assert(eq(chr, at(i)->tag, (char)(i * 3)));
    }
}

Test(vec, items_never_move)
{
    static uintptr_t address[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        address[i] = (uintptr_t)at(push(i));
    for (uint32_t i = 0; i < COUNT; i++)
        cr_assert(eq(uptr, (uintptr_t)at(i), address[i]));
}

Test(vec, want_of_memory_is_told_and_what_is_there_stays)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    push(7);
    setrlimit(RLIMIT_AS, &little);
    uint32_t index = 0, count = 1;
    while ((index = push(count)) != UINT32_MAX)
        count++;
    cr_assert(eq(u32, count, 1 << LC_VEC_PIECE_BITS)); /* the first piece is full */
    cr_assert(eq(u32, lc_vec_count(&v), count));
    cr_assert(eq(u64, at(0)->number, 7));
    cr_assert(eq(u64, at(count - 1)->number, count - 1));
}
