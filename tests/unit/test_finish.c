#include "report/finish.h"

#include "base/sys.h"
#include "record/modules.h"
#include "record/track.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct lc_finish run;
static const uintptr_t addresses[LC_FN_COUNT];
static char text[1 << 20];
static char directory[] = "/tmp", *no_environment[] = {NULL};
static char *arguments[] = {directory, NULL};

static void init(void)
{
    lc_options_init(&run.options);
    lc_modules_init("/some/where");
    lc_identity_init(&run.identity, 1, arguments, no_environment, &run);
    lc_track_init(&(struct lc_track_settings){.granule = 32});
    run.function_addresses = addresses;
    run.symbolizer = "";
    run.record.own.fd = -1;
    run.report.own.fd = -1;
}

TestSuite(finish, .init = init);

static void __attribute__((noinline)) leak(void)
{
    struct lc_context caller = LC_CALLER();
    lc_track_alloc((void *)0x7f1200000000, 100, LC_FN_MALLOC, &caller);
}

/* A file that only `t` knows. */
static void open_target(struct lc_target *t)
{
    char path[] = "/tmp/lc-test-XXXXXX";
    close(mkstemp(path));
    cr_assert(eq(int, lc_target_open_file(t, path, directory, no_environment), 0));
    unlink(path);
}

static const char *text_of(const struct lc_target *t)
{
    int fd = t->own.fd;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int reader = lc_sys_open(path, O_RDONLY, 0);
    ssize_t len = lc_sys_pread(reader, text, sizeof text - 1, 0);
    text[len < 0 ? 0 : len] = '\0';
    close(reader);
    return text;
}

static bool says(const struct lc_target *t, const char *words)
{
    return strstr(text_of(t), words) != NULL;
}

Test(finish, a_leak_is_reported_and_is_something_to_fail_for)
{
    open_target(&run.report);
    leak();
    cr_assert(lc_finish(&run, LC_END_STATUS, 0));
    cr_assert(says(&run.report, "in use at exit: 100 bytes in 1 blocks"));
    cr_assert(says(&run.report, "MEMORY MAP"));
}

Test(finish, without_a_leak_there_is_nothing_to_fail_for)
{
    open_target(&run.report);
    cr_assert(not(lc_finish(&run, LC_END_STATUS, 0)));
    cr_assert(says(&run.report, "in use at exit: 0 bytes in 0 blocks"));
}

Test(finish, an_error_is_something_to_fail_for)
{
    struct lc_context caller = LC_CALLER();
    open_target(&run.report);
    lc_track_free((void *)0x1000, LC_FN_FREE, &caller);
    cr_assert(lc_finish(&run, LC_END_STATUS, 0));
}

Test(finish, unchecked_leaks_are_nothing_to_fail_for)
{
    open_target(&run.report);
    run.options.leak_check = LC_CHECK_NO;
    leak();
    cr_assert(not(lc_finish(&run, LC_END_STATUS, 0)));
}

Test(finish, quiet_says_nothing_when_there_is_nothing)
{
    open_target(&run.report);
    run.options.quiet = true;
    lc_finish(&run, LC_END_STATUS, 0);
    cr_assert(eq(str, (char *)(uintptr_t)text_of(&run.report), ""));
}

Test(finish, a_clean_descendant_is_silent_and_a_leaking_one_is_not)
{
    open_target(&run.report);
    run.options.main_pid = 1;
    lc_finish(&run, LC_END_STATUS, 0);
    cr_assert(eq(str, (char *)(uintptr_t)text_of(&run.report), ""));
    leak();
    lc_finish(&run, LC_END_STATUS, 0);
    cr_assert(says(&run.report, "in use at exit: 100 bytes in 1 blocks"));
}

Test(finish, the_log_is_kept_where_it_is_asked_for)
{
    open_target(&run.report);
    open_target(&run.record);
    leak();
    lc_finish(&run, LC_END_SIGNAL, 6);
    cr_assert(eq(int, strncmp(text_of(&run.record), "leakcheck-log 1\n", 16), 0));
    cr_assert(says(&run.record, "end=signal value=6"));
    cr_assert(says(&run.record, "\nleak kind=unfreed bytes=100 blocks=1 function=malloc "));
    cr_assert(says(&run.record, "\nend lines="));
    cr_assert(says(&run.report, "HEAP SUMMARY"));
}

Test(finish, a_log_that_cannot_be_written_is_told_on_the_console)
{
    open_target(&run.report);
    open_target(&run.console);
    cr_assert(eq(int, lc_target_open_file(&run.record, "/dev/full", directory, no_environment), 0));
    lc_finish(&run, LC_END_STATUS, 0);
    cr_assert(says(&run.console, "leakcheck: the log /dev/full could not be written completely: No space left on device\n"));
    cr_assert(says(&run.report, "HEAP SUMMARY"));
}

/* lc_finish() with a symbolizer that does what `body` says. */
static bool finish_by(const char *body)
{
    char script[] = "/tmp/lc-test-XXXXXX";
    int fd = mkstemp(script);
    dprintf(fd, "#!/bin/sh\n%s\n", body);
    fchmod(fd, 0700);
    close(fd);
    run.symbolizer = script;
    bool has_errors = lc_finish(&run, LC_END_STATUS, 0);
    unlink(script);
    return has_errors;
}

Test(finish, a_symbolizer_that_fails_is_replaced_by_our_own_names)
{
    open_target(&run.report);
    leak();
    cr_assert(finish_by("exit 1"));
    cr_assert(says(&run.report, "HEAP SUMMARY"));
}

Test(finish, a_symbolizer_reads_the_log_and_writes_the_report)
{
    open_target(&run.report);
    run.options.verbose = true;
    finish_by("echo \"$@\"; exec /usr/bin/head -n 1");
    cr_assert(eq(str, (char *)(uintptr_t)text_of(&run.report),
                 "--at-end -\nleakcheck-log 1\n"));
}

Test(finish, a_symbolizer_that_finds_nothing_to_fail_for_is_believed)
{
    open_target(&run.report);
    leak();
    cr_assert(not(finish_by("echo by the tool; exit 0")));
    cr_assert(eq(str, (char *)(uintptr_t)text_of(&run.report), "by the tool\n"));
}

Test(finish, one_that_finds_something_is_believed)
{
    open_target(&run.report);
    leak();
    cr_assert(finish_by("echo by the tool; exit 3"));
    cr_assert(eq(str, (char *)(uintptr_t)text_of(&run.report), "by the tool\n"));
}
