#include "report/account.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

static struct lc_region region(enum lc_region_kind kind, uint64_t resident)
{
    return (struct lc_region){.vm = {.kind = kind, .permissions = "rw-p", .name = "", .has_residency = true, .resident = resident}};
}

static uint64_t sum(const struct lc_account *a)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < LC_ACCOUNT_COUNT; i++)
        sum += a->resident[i];
    return sum;
}

Test(account, the_parts_and_the_remainder_are_all_of_rss)
{
    struct lc_region regions[] = {region(LC_REGION_HEAP, 1000), region(LC_REGION_CODE, 200), region(LC_REGION_ANONYMOUS, 300),
                                  region(LC_REGION_OWN, 50)};
    struct lc_arena arenas[] = {{.name = "main arena", .size = 4096, .resident = 1000, .bytes_resident = 600, .overhead_resident = 80},
                                {.name = "blocks elsewhere", .bytes_resident = 100, .overhead_resident = 10}};
    struct lc_findings f = {.regions = regions,
                            .region_count = LC_ARRAY_LEN(regions),
                            .arenas = arenas,
                            .arena_count = LC_ARRAY_LEN(arenas),
                            .has_footprints = true,
                            .footprints = {[LC_LEAK_DEFINITE] = {.resident = 500}, [LC_LEAK_MAPPING] = {.resident = 77}},
                            .memory = {.is_known = true, .vm_rss = 1600}};
    struct lc_account a;
    cr_assert(lc_account_make(&f, &a));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_LIVE], 700));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_OVERHEAD], 90));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_FREE], 320));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_HEAP], 0));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_ANONYMOUS], 190));
    cr_assert(eq(u64, a.other_live, 200));
    cr_assert(eq(i64, (int64_t)sum(&a) + a.remainder, 1600));
    cr_assert(eq(i64, a.remainder, 50));
}

Test(account, more_than_rss_is_a_remainder_below_zero)
{
    struct lc_region regions[] = {region(LC_REGION_HEAP, 1000)};
    struct lc_findings f = {.regions = regions, .region_count = 1, .memory = {.is_known = true, .vm_rss = 900}};
    struct lc_account a;
    cr_assert(lc_account_make(&f, &a));
    cr_assert(eq(u64, a.resident[LC_ACCOUNT_HEAP], 1000));
    cr_assert(eq(i64, a.remainder, -100));
}

Test(account, none_where_a_region_is_not_known)
{
    struct lc_region regions[] = {region(LC_REGION_HEAP, 1000), region(LC_REGION_CODE, 0)};
    struct lc_findings f = {.regions = regions, .region_count = 2};
    struct lc_account a;
    regions[1].vm.has_residency = false;
    cr_assert(not(lc_account_make(&f, &a)));
    regions[1].vm = (struct lc_vm_region){.kind = LC_REGION_GUARD, .permissions = "---p", .name = ""};
    cr_assert(lc_account_make(&f, &a));
}
