#include "report/child.h"

#include "base/sys.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[256];

static int run(const char *script, int in, int out)
{
    const char *const arguments[] = {"/bin/sh", "-c", script, NULL};
    return lc_child_run(arguments, in, out, out);
}

/* Its exit status; what it wrote is in `text`. */
static int run_script(const char *script, const char *input)
{
    int in = lc_sys_memfd("in"), out = lc_sys_memfd("out");
    lc_sys_write(in, input, strlen(input));
    lc_sys_lseek(in, 0, SEEK_SET);
    int rc = run(script, in, out);
    memset(text, 0, sizeof text);
    lc_sys_pread(out, text, sizeof text - 1, 0);
    return rc;
}

Test(child, reads_from_one_descriptor_and_writes_both_streams_to_the_other)
{
    cr_assert(eq(int, run_script("read line; echo out $line; echo err >&2", "abc\n"), 0));
    cr_assert(eq(str, text, "out abc\nerr\n"));
}

Test(child, its_exit_status_comes_back)
{
    cr_assert(eq(int, run_script("exit 3", ""), 3));
}

Test(child, its_signal_comes_back)
{
    cr_assert(eq(int, run_script("kill -9 $$", ""), 128 + SIGKILL));
}

Test(child, a_program_that_is_not_there_is_told)
{
    const char *const arguments[] = {"/does/not/exist", NULL};
    cr_assert(eq(int, lc_child_run(arguments, 0, 1, 2), -ENOENT));
}

Test(child, its_environment_is_empty)
{
    setenv("LD_PRELOAD_TEST", "x", 1);
    const char *const arguments[] = {"/usr/bin/env", NULL};
    int out = lc_sys_memfd("out");
    cr_assert(eq(int, lc_child_run(arguments, 0, out, out), 0));
    cr_assert(eq(long, lc_sys_lseek(out, 0, SEEK_END), 0));
}

static volatile sig_atomic_t told;

static void on_child(int signal)
{
    told = signal;
}

Test(child, the_program_does_not_notice_it)
{
    signal(SIGCHLD, on_child);
    cr_assert(eq(int, run_script("exit 0", ""), 0));
    cr_assert(eq(int, told, 0));
    cr_assert(eq(int, wait(NULL), -1));
    cr_assert(eq(int, errno, ECHILD));
}

Test(child, a_program_that_ignores_its_children_gets_the_status, .timeout = 10)
{
    signal(SIGCHLD, SIG_IGN);
    cr_assert(eq(int, run_script("exit 3", ""), 3));
}

Test(child, signals_are_not_blocked_in_it)
{
    uint64_t signals;
    lc_sys_signals_block(&signals);
    cr_assert(eq(int, run_script("kill -TERM $$; echo still here", ""), 128 + SIGTERM));
}

/* Programs close their standard streams before they end: our files then get those numbers. */
Test(child, descriptors_may_be_the_standard_ones)
{
    static char answer[8];
    int out = dup(lc_sys_memfd("out"));
    for (int fd = 0; fd <= 2; fd++) {
        int saved = dup(fd);
        close(fd);
        int in = lc_sys_memfd("in");
        lc_sys_write(in, "abc\n", 4);
        lc_sys_lseek(in, 0, SEEK_SET);
        lc_sys_lseek(out, 0, SEEK_SET);
        memset(answer, 0, sizeof answer);
        int rc = run("cat", in, out);
        lc_sys_pread(out, answer, 4, 0);
        dup2(saved, fd);
        cr_assert(eq(int, in, fd));
        cr_assert(eq(int, rc, 0), "with descriptor %d", fd);
        cr_assert(eq(str, answer, "abc\n"), "with descriptor %d", fd);
    }
}
