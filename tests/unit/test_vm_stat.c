#include "vm/stat.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <unistd.h>

static const char rest[] = " S 77 3976 14357 0 -1 %u 98 0 7 0 0 0 0 0 20 0 1 0 85907 3133440 390\n";

static struct lc_vm_stat parsed(const char *name, unsigned flags)
{
    char line[256];
    struct lc_vm_stat s;
    int len = snprintf(line, sizeof line, "3983 (%s)", name);
    snprintf(line + len, sizeof line - (size_t)len, rest, flags);
    cr_assert(lc_vm_stat_parse(line, &s));
    return s;
}

Test(vm_stat, a_line)
{
    struct lc_vm_stat s = parsed("cat", 0x400000);
    cr_assert_str_eq(s.name, "cat");
    cr_assert(eq(chr, s.state, 'S'));
    cr_assert(eq(int, s.parent, 77));
    cr_assert(not(s.is_kernel_thread));
    cr_assert(eq(u64, s.minor_faults, 98));
    cr_assert(eq(u64, s.major_faults, 7));
}

Test(vm_stat, a_name_may_have_anything_in_it)
{
    cr_assert_str_eq(parsed("a) R 1 (b", 0).name, "a) R 1 (b");
    cr_assert(eq(int, parsed("a) R 1 (b", 0).parent, 77));
    cr_assert_str_eq(parsed("", 0).name, "");
}

Test(vm_stat, kernel_threads_are_told)
{
    cr_assert(parsed("kthreadd", 0x208040).is_kernel_thread);
}

Test(vm_stat, what_is_no_line_is_refused)
{
    static const char *const lines[] = {"", "3983", "3983 (cat", "3983 (cat)", "3983 (cat) S", "3983 (cat) S x 1 2 3 4 5 6 7 8 9",
                                        "3983 )cat( S 77 3976 14357 0 -1 1 98 0 7 0", "3983 (cat) S 77 3976 14357 0 -1 1 98 0"};
    struct lc_vm_stat s;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        cr_assert(not(lc_vm_stat_parse(lines[i], &s)), "%s", lines[i]);
}

Test(vm_stat, of_a_process)
{
    struct lc_vm_stat s;
    cr_assert(eq(int, lc_vm_stat_read(getpid(), &s), 0));
    cr_assert(eq(int, s.parent, getppid()));
    cr_assert(lt(int, lc_vm_stat_read(0x7ffffff0, &s), 0));
}
