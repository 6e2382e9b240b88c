#include "report/run_lines.h"

#include "log_read.h"
#include "mem.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static int all;

static void open_all(void)
{
    all = memfd_create("all", MFD_CLOEXEC);
}

static char *text_of_all(void)
{
    static char text[8192];
    ssize_t len = pread(all, text, sizeof text - 1, 0);
    text[len < 0 ? 0 : len] = '\0';
    return text;
}

static void start(pid_t pid)
{
    lc_run_tell_start(all, &(struct lc_process){.pid = pid, .ppid = 1, .executable = "/bin/a name"});
}

TestSuite(run_lines, .init = open_all);

Test(run_lines, nothing_is_told_to_nobody)
{
    lc_run_tell_start(-1, &(struct lc_process){.executable = ""});
    lc_run_tell(-1, LC_RUN_ENDED, 1);
    cr_assert(not(lc_run_lines_settle(all)));
}

Test(run_lines, who_began_and_ended_is_nothing_to_report)
{
    start(7), start(8);
    cr_assert(eq(str, text_of_all(), "started pid=7 ppid=1 exe=/bin/a%20name\nstarted pid=8 ppid=1 exe=/bin/a%20name\n"));
    lc_run_tell(all, LC_RUN_ENDED, 8);
    lc_run_tell(all, LC_RUN_BECAME, 7);
    cr_assert(not(lc_run_lines_settle(all)));
}

Test(run_lines, a_log_is)
{
    start(7);
    cr_assert(ge(long, write(all, "leakcheck-log 1\nend lines=1\n", 28), 28));
    cr_assert(lc_run_lines_settle(all));
}

Test(run_lines, who_still_runs_is_nothing_to_report_and_who_is_gone_is)
{
    start(getpid());
    cr_assert(not(lc_run_lines_settle(all)));
    pid_t gone = fork();
    if (gone == 0)
        _exit(0);
    waitpid(gone, NULL, 0);
    start(gone);
    cr_assert(lc_run_lines_settle(all));
}

Test(run_lines, who_was_not_waited_for_is_told_by_proc)
{
    pid_t killed = fork();
    if (killed == 0)
        raise(SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)killed, &info, WEXITED | WNOWAIT);
    start(killed);
    cr_assert(lc_run_lines_settle(all));
    char *want = lc_mem_format("killed pid=%d signal=9\n", killed);
    cr_assert(strstr(text_of_all(), want) != NULL);
}

static struct lc_logs parse(const char *text)
{
    struct lc_logs logs = {0};
    lc_logs_parse(&logs, "x", lc_mem_format("%s", text), strlen(text));
    return logs;
}

Test(run_lines, become_notes_on_those_that_left_none)
{
    struct lc_logs logs = parse("started pid=1 ppid=0 exe=/bin/one\n"
                                "started pid=2 ppid=0 exe=/bin/two\n"
                                "started pid=3 ppid=0 exe=/bin/three\n"
                                "killed pid=2 signal=9\n"
                                "started pid=4 ppid=0 exe=/bin/four\n"
                                "ended pid=1\n"
                                "exited pid=4 status=3\n"
                                "started pid=5 ppid=0 exe=/bin/five\n"
                                "started pid=6 ppid=0 exe=/bin/six\n"
                                "running pid=6\n"
                                "leakcheck-log 1\n"
                                "process pid=5 ppid=1 main=1 exe=/x cwd=/ start-ms=1 duration-ms=1 end=status value=0 library=0\n"
                                "end lines=2\n");
    cr_assert(eq(sz, logs.count, 1));
    cr_assert(eq(sz, logs.at[0].problem.count, 0));
    const struct lc_findings *f = &logs.at[0].findings;
    cr_assert(eq(sz, f->note_count, 3));
    cr_assert(eq(int, strcmp(f->notes[0], "process 2 (two) was killed by SIGKILL: there is no report on it"), 0));
    cr_assert(eq(int, strcmp(f->notes[1], "process 3 (three) is gone and left no report"), 0));
    cr_assert(eq(int, strcmp(f->notes[2], "process 4 (four) ended with status 3 and left no report"), 0));
    lc_logs_free(&logs);
}

Test(run_lines, the_last_totals_are_those_that_are_known)
{
    uint64_t bytes = 0, blocks = 0;
    lc_run_tell_totals(all, 7, 100, 2);
    lc_run_tell_totals(all, 8, 1, 1);
    lc_run_tell_totals(all, 7, 300, 4);
    cr_assert(not(lc_run_lines_settle(all)));
    cr_assert(not(lc_run_lines_totals(all, 9, &bytes, &blocks)));
    cr_assert(lc_run_lines_totals(all, 7, &bytes, &blocks));
    cr_assert(eq(u64, bytes, 300));
    cr_assert(eq(u64, blocks, 4));
    struct lc_logs logs = parse("started pid=2 ppid=0 exe=/bin/two\ntotals pid=2 bytes=5 blocks=6\nkilled pid=2 signal=9\nleakcheck-log 1\nend lines=1\n");
    cr_assert(eq(int, strcmp(logs.at[0].findings.notes[0], "process 2 (two) was killed by SIGKILL: there is no report on it, but for the "
                                                           "last that is known: 5 bytes in 6 blocks that it had not freed"), 0));
    lc_logs_free(&logs);
}
