#include "report/target.h"

#include "base/out.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static struct lc_target t;
static char directory[] = "/tmp/lc-test-XXXXXX";
static char *environment[] = {(char *)(uintptr_t) "LONGVAR=no", (char *)(uintptr_t) "VAR=a%p/b", NULL};

static void enter(void)
{
    cr_assert(ne(ptr, mkdtemp(directory), NULL));
    cr_assert(eq(int, chdir(directory), 0));
}

static void leave(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", directory);
    cr_assert(eq(int, system(command), 0));
}

TestSuite(target, .init = enter, .fini = leave);

static int open_file(const char *pattern)
{
    return lc_target_open_file(&t, pattern, directory, environment);
}

/* Without the directory. */
static const char *path_of(int fd)
{
    static char path[PATH_MAX];
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = readlink(link, path, sizeof path - 1);
    path[len < 0 ? 0 : len] = '\0';
    size_t skip = strlen(directory) + 1;
    return strlen(path) > skip ? path + skip : path;
}

static bool is_open_as(const char *fmt, ...)
{
    char want[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(want, sizeof want, fmt, args);
    va_end(args);
    return strcmp(path_of(t.own.fd), want) == 0;
}

Test(target, a_file_is_named_by_its_pattern)
{
    cr_assert(eq(int, open_file("log"), 0));
    cr_assert(is_open_as("log"));
    cr_assert(eq(int, open_file("log.%p"), 0));
    cr_assert(is_open_as("log.%d", getpid()));
    cr_assert(eq(int, open_file("100%%p"), 0));
    cr_assert(is_open_as("100%%p"));
}

Test(target, a_variable_is_taken_as_it_is)
{
    mkdir("a%p", 0700);
    cr_assert(eq(int, open_file("%q{VAR}.%%"), 0));
    cr_assert(is_open_as("a%%p/b.%%"));
}

Test(target, openings_are_numbered)
{
    cr_assert(eq(int, open_file("log.%n"), 0));
    cr_assert(is_open_as("log.1"));
    cr_assert(eq(int, open_file("log.%n"), 0));
    cr_assert(is_open_as("log.2"));
}

Test(target, a_relative_path_starts_at_the_directory_even_after_chdir)
{
    cr_assert(eq(int, open_file("log"), 0));
    cr_assert(eq(int, chdir("/"), 0));
    close(t.own.fd);
    cr_assert(ge(int, lc_target_fd(&t), 0));
    cr_assert(is_open_as("log"));
}

Test(target, wrong_patterns_are_refused)
{
    static const char *const wrong[] = {"%", "%x", "%q", "%q{NOSUCH}", "%q{VAR", "%q{LONG}", "a%"};
    static char too_long[LC_TARGET_PATH_MAX + 10];
    for (size_t i = 0; i < LC_ARRAY_LEN(wrong); i++) {
        cr_assert(eq(int, open_file(wrong[i]), -EINVAL), "%s", wrong[i]);
        cr_assert(eq(int, t.own.fd, -1));
    }
    memset(too_long, 'x', sizeof too_long - 1);
    cr_assert(eq(int, open_file(too_long), -EINVAL));
}

Test(target, a_file_that_cannot_be_opened_says_why)
{
    cr_assert(eq(int, open_file("nosuch/log"), -ENOENT));
    cr_assert(eq(int, open_file("/"), -EISDIR));
    cr_assert(eq(int, t.own.fd, -1));
}

Test(target, a_file_is_appended_to)
{
    struct stat st;
    open_file("log");
    cr_assert(eq(long, write(t.own.fd, "abc", 3), 3));
    open_file("log");
    cr_assert(eq(long, write(t.own.fd, "def", 3), 3));
    stat("log", &st);
    cr_assert(eq(long, st.st_size, 6));
}

Test(target, descriptors_are_high_and_closed_on_exec)
{
    open_file("log");
    cr_assert(ge(int, t.own.fd, 1000));
    cr_assert(eq(int, fcntl(t.own.fd, F_GETFD), FD_CLOEXEC));
    lc_target_open_stderr(&t);
    cr_assert(ge(int, t.own.fd, 1000));
    cr_assert(eq(int, fcntl(t.own.fd, F_GETFD), FD_CLOEXEC));
}

Test(target, a_low_limit_of_descriptors_is_respected)
{
    const struct rlimit low = {64, 64};
    setrlimit(RLIMIT_NOFILE, &low);
    cr_assert(eq(int, open_file("log"), 0));
    cr_assert(ge(int, t.own.fd, 56));
    cr_assert(lt(int, t.own.fd, 64));
}

Test(target, the_only_descriptor_left_is_used)
{
    open_file("log"); /* whatever else is opened once */
    int next = open("/dev/null", O_RDONLY);
    close(next);
    const struct rlimit low = {(rlim_t)next + 1, (rlim_t)next + 1};
    setrlimit(RLIMIT_NOFILE, &low);
    cr_assert(eq(int, open_file("other"), 0));
    cr_assert(eq(int, t.own.fd, next));
}

/* The program closes our descriptor and opens its own at the same number. */
static int steal(int fd)
{
    int theirs = open("theirs", O_RDWR | O_CREAT, 0600);
    dup2(theirs, fd);
    close(theirs);
    return fd;
}

Test(target, what_the_program_opened_at_our_number_is_left_alone)
{
    open_file("log");
    int fd = t.own.fd;
    cr_assert(eq(int, lc_target_fd(&t), fd)); /* control */
    steal(fd);
    cr_assert(ne(int, lc_target_fd(&t), fd));
    cr_assert(is_open_as("log"));
}

Test(target, standard_error_is_found_again_or_given_up)
{
    dup2(open("err", O_RDWR | O_CREAT, 0600), 2);
    cr_assert(eq(int, lc_target_open_stderr(&t), 0));
    close(2);
    cr_assert(eq(int, lc_target_fd(&t), t.own.fd));
    dup2(t.own.fd, 2);
    steal(t.own.fd);
    cr_assert(eq(int, lc_target_fd(&t), 2));
    steal(2);
    cr_assert(eq(int, lc_target_fd(&t), -1));
}

Test(target, a_closed_standard_error_is_none)
{
    close(2);
    cr_assert(eq(int, lc_target_open_stderr(&t), -EBADF));
    cr_assert(eq(int, lc_target_fd(&t), -1));
}

Test(target, a_forks_child_opens_its_own_file_when_asked)
{
    open_file("log.%n");
    int parents = t.own.fd;
    lc_target_after_fork(&t);
    cr_assert(eq(int, fcntl(parents, F_GETFD), -1));
    cr_assert(ne(int, access("log.2", F_OK), 0));
    cr_assert(ge(int, lc_target_fd(&t), 0));
    cr_assert(is_open_as("log.2"));
}

Test(target, a_forks_child_opens_nothing_for_a_descriptor_that_was_taken)
{
    open_file("log.%n");
    int fd = steal(t.own.fd);
    lc_target_after_fork(&t);
    cr_assert(ne(int, access("log.2", F_OK), 0));
    cr_assert(ge(int, fcntl(fd, F_GETFD), 0)); /* theirs */
}

Test(target, a_forks_child_does_not_hold_its_parents_standard_error)
{
    int ends[2];
    cr_assert(eq(int, pipe(ends), 0));
    dup2(ends[1], 2);
    close(ends[1]);
    lc_target_open_stderr(&t);
    lc_target_after_fork(&t);
    cr_assert(eq(int, lc_target_fd(&t), 2)); /* control: while it has its own */
    close(2);
    cr_assert(eq(long, read(ends[0], &(char){0}, 1), 0)); /* nobody holds the other end */
}
