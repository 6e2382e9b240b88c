#include "vm/status.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>

Test(vm_status, parses_what_the_kernel_prints)
{
    static const char text[] = "Name:\tcat\nUmask:\t0022\nVmPeak:\t    5600 kB\nVmSize:\t    5596 kB\n"
                               "VmLck:\t       4 kB\nVmHWM:\t    1808 kB\nVmRSS:\t    1804 kB\nRssAnon:\t     88 kB\n"
                               "RssFile:\t    1712 kB\nRssShmem:\t       4 kB\nVmData:\t     360 kB\n"
                               "VmStk:\t     132 kB\nVmExe:\t      20 kB\nVmLib:\t    1508 kB\nVmPTE:\t      52 kB\n"
                               "VmSwap:\t       8 kB\nThreads:\t1\n";
    struct lc_vm_status s;
    lc_vm_status_parse(text, strlen(text), &s);
    cr_assert(s.is_known);
    cr_assert(eq(u64, s.vm_peak, 5600 << 10));
    cr_assert(eq(u64, s.vm_size, 5596 << 10));
    cr_assert(eq(u64, s.vm_lck, 4 << 10));
    cr_assert(eq(u64, s.vm_hwm, 1808 << 10));
    cr_assert(eq(u64, s.vm_rss, 1804 << 10));
    cr_assert(eq(u64, s.rss_anon, 88 << 10));
    cr_assert(eq(u64, s.rss_file, 1712 << 10));
    cr_assert(eq(u64, s.rss_shmem, 4 << 10));
    cr_assert(eq(u64, s.vm_data, 360 << 10));
    cr_assert(eq(u64, s.vm_stk, 132 << 10));
    cr_assert(eq(u64, s.vm_exe, 20 << 10));
    cr_assert(eq(u64, s.vm_lib, 1508 << 10));
    cr_assert(eq(u64, s.vm_pte, 52 << 10));
    cr_assert(eq(u64, s.vm_swap, 8 << 10));
}

Test(vm_status, a_line_that_is_missing_is_0)
{
    static const char text[] = "Name:\tx\nVmRSS:\t 12 kB\n";
    struct lc_vm_status s;
    lc_vm_status_parse(text, strlen(text), &s);
    cr_assert(s.is_known);
    cr_assert(eq(u64, s.vm_rss, 12 << 10));
    cr_assert(eq(u64, s.vm_size, 0));
}

/* As a kernel thread's. */
Test(vm_status, without_any_line_it_is_not_known)
{
    struct lc_vm_status s;
    lc_vm_status_parse("Name:\tkthreadd\n", 15, &s);
    cr_assert(not(s.is_known));
}

/* Groups stands before VmPeak, and may have 65,536 of them. */
Test(vm_status, a_very_long_line_before_is_no_obstacle)
{
    static char text[300000] = "Groups:\t";
    memset(text + strlen(text), '7', 200000);
    strcat(text, "\nVmSize:\t 4 kB\n");
    struct lc_vm_status s;
    lc_vm_status_parse(text, strlen(text), &s);
    cr_assert(eq(u64, s.vm_size, 4096));
}

Test(vm_status, reads_this_process)
{
    struct lc_vm_status s;
    cr_assert(eq(int, lc_vm_status_read(0, &s), 0));
    cr_assert(s.is_known);
    cr_assert(gt(u64, s.vm_rss, 0));
    cr_assert(ge(u64, s.vm_size, s.vm_rss));
    cr_assert(ge(u64, s.vm_peak, s.vm_size));
}

Test(vm_status, tells_of_no_such_process)
{
    struct lc_vm_status s;
    cr_assert(eq(int, lc_vm_status_read(0x7ffffff0, &s), -ENOENT));
    cr_assert(not(s.is_known));
}
