#include "report/identity.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <limits.h>
#include <link.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct lc_identity id;
static char program[] = "./prog", argument[] = "two words";
static char *arguments[] = {program, argument, NULL}, *no_environment[] = {NULL};

static bool is_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static char *link_of(const char *path)
{
    static char target[PATH_MAX];
    ssize_t len = readlink(path, target, sizeof target - 1);
    target[len < 0 ? 0 : len] = '\0';
    return target;
}

Test(identity, tells_process_program_and_directory)
{
    lc_identity_init(&id, 2, arguments, no_environment, &id);
    cr_assert(eq(int, id.process.pid, getpid()));
    cr_assert(eq(int, id.process.ppid, getppid()));
    cr_assert(is_same(id.process.executable, link_of("/proc/self/exe")));
    cr_assert(is_same(id.process.directory, link_of("/proc/self/cwd")));
}

Test(identity, outlives_what_the_program_does_to_it)
{
    lc_identity_init(&id, 2, arguments, no_environment, &id);
    strcpy(argument, "changed");
    cr_assert(eq(int, chdir("/"), 0));
    cr_assert(eq(sz, id.process.argument_count, 2));
    cr_assert(is_same(id.process.arguments[0], "./prog"));
    cr_assert(is_same(id.process.arguments[1], "two words"));
    cr_assert(not(is_same(id.process.directory, "/")));
}

Test(identity, tells_the_library_by_an_address_in_it)
{
    struct dl_find_object found;
    lc_identity_init(&id, 2, arguments, no_environment, (const void *)(uintptr_t)strerror);
    _dl_find_object((void *)(uintptr_t)strerror, &found);
    cr_assert(is_same(id.library, found.dlfo_link_map->l_name));
    lc_identity_init(&id, 2, arguments, no_environment, &found); /* control: in none */
    cr_assert(is_same(id.library, ""));
}

Test(identity, a_forks_child_is_another_process)
{
    lc_identity_init(&id, 2, arguments, no_environment, &id);
    id.process.is_main = true;
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        lc_identity_after_fork(&id, no_environment);
        _exit(id.process.pid == getpid() && id.process.ppid == parent && !id.process.is_main);
    }
    int status = 0;
    waitpid(child, &status, 0);
    cr_assert(eq(int, WEXITSTATUS(status), 1));
}

Test(identity, its_test_is_what_the_runner_calls_it)
{
    char other[] = "BATS_TEST=x", first[] = "BATS_TEST_NAME=test_one", second[] = "PYTEST_CURRENT_TEST=a.py::two (call)";
    char *environment[] = {other, first, NULL};
    lc_identity_init(&id, 2, arguments, environment, &id);
    first[strlen(first) - 1] = 'X';
    cr_assert(is_same(id.process.test, "test_one"));
    environment[1] = second;
    lc_identity_after_fork(&id, environment);
    cr_assert(is_same(id.process.test, "a.py::two (call)"));
    lc_identity_after_fork(&id, NULL);
    cr_assert(is_same(id.process.test, ""));
}

Test(identity, the_end_has_its_time_and_kind)
{
    lc_identity_init(&id, 2, arguments, no_environment, &id);
    cr_assert(le(u64, id.process.start_unix_ms / 1000, (uint64_t)time(NULL)));
    cr_assert(ge(u64, id.process.start_unix_ms / 1000, (uint64_t)time(NULL) - 10));
    usleep(30000);
    struct lc_process p = lc_identity_at_end(&id, LC_END_SIGNAL, 6);
    cr_assert(ge(u64, p.duration_ms, 30));
    cr_assert(lt(u64, p.duration_ms, 10000));
    cr_assert(eq(int, p.end_kind, LC_END_SIGNAL));
    cr_assert(eq(int, p.end_value, 6));
}
