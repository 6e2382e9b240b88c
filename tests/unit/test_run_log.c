#include "report/run_log.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int run, all;

static int file_of(const char *text)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    cr_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    return fd;
}

static void open_run(void)
{
    run = file_of(LC_RUN_LOG_FIRST_LINE);
    fcntl(run, F_SETFL, O_APPEND);
    all = memfd_create("all", MFD_CLOEXEC);
}

static char *text_of(int fd)
{
    static char text[8192];
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    text[len < 0 ? 0 : len] = '\0';
    return text;
}

TestSuite(run_log, .init = open_run);

Test(run_log, what_was_added_is_taken_once_in_order)
{
    cr_assert(eq(int, lc_run_log_add(run, file_of("first\n")), 0));
    cr_assert(eq(int, lc_run_log_add(run, file_of("second\n")), 0));
    cr_assert(eq(long, lc_run_log_take(run, all), 13));
    cr_assert(eq(str, text_of(all), "first\nsecond\n"));
    cr_assert(eq(long, lc_run_log_take(run, all), -ESTALE));
}

Test(run_log, nothing_added_is_nothing_taken)
{
    cr_assert(eq(long, lc_run_log_take(run, all), 0));
}

Test(run_log, who_comes_late_is_told)
{
    lc_run_log_take(run, all);
    cr_assert(eq(int, lc_run_log_add(run, file_of("late\n")), -ESTALE));
    cr_assert(eq(long, lc_run_log_take(run, all), -ESTALE));
}

Test(run_log, half_a_log_is_taken_back)
{
    static char large[4096];
    memset(large, 'x', sizeof large - 1);
    signal(SIGXFSZ, SIG_IGN);
    lc_run_log_add(run, file_of("small\n"));
    int large_log = file_of(large);
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1024, 1024});
    cr_assert(lt(int, lc_run_log_add(run, large_log), 0));
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    lc_run_log_take(run, all);
    cr_assert(eq(str, text_of(all), "small\n"));
}

Test(run_log, processes_do_not_mix_their_logs)
{
    enum { PROCESSES = 8, LOGS = 20 };
    for (int i = 0; i < PROCESSES; i++) {
        if (fork() != 0)
            continue;
        char line[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n";
        memset(line, 'a' + i, strlen(line) - 1);
        for (int n = 0; n < LOGS; n++)
            lc_run_log_add(run, file_of(line));
        _exit(0);
    }
    while (wait(NULL) > 0)
        ;
    cr_assert(eq(long, lc_run_log_take(run, all), PROCESSES * LOGS * 31L));
    for (const char *line = text_of(all); *line; line += 31)
        cr_assert(strspn(line, (char[]){*line, '\0'}) == 30 && line[30] == '\n');
}
