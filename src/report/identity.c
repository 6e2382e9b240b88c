#include "report/identity.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "report/test_name.h"

#include <limits.h>
#include <link.h>
#include <string.h>
#include <time.h>

static const char *read_link(const char *path)
{
    char target[PATH_MAX];
    ssize_t len = lc_sys_readlink(path, target, sizeof target - 1);
    if (len < 0)
        return "";
    target[len] = '\0';
    const char *copy = lc_pool_strdup(target);
    return copy ? copy : "";
}

static const char *const *copy_arguments(int argc, char **argv)
{
    const char **copy = lc_pool_alloc(((size_t)argc + 1) * sizeof *copy);
    for (int i = 0; copy && i < argc; i++)
        if (!(copy[i] = lc_pool_strdup(argv[i])))
            return NULL;
    return copy;
}

/* A library that was preloaded by a relative path is named by it: made absolute, like every other path. */
static const char *path_of(const void *address, const char *directory)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)(uintptr_t)address, &found) != 0)
        return "";
    const char *name = found.dlfo_link_map->l_name;
    char path[PATH_MAX];
    lc_format(path, sizeof path, name[0] == '/' ? "%.0s%s" : "%s/%s", directory, name);
    const char *copy = lc_pool_strdup(path);
    return copy ? copy : "";
}

/* A test that is named for the first time. */
static const char *test_of(char *const *environment, const char *before)
{
    const char *name = lc_test_name(environment);
    if (strcmp(name, before) == 0)
        return before;
    const char *copy = lc_pool_strdup(name);
    return copy ? copy : "";
}

void lc_identity_init(struct lc_identity *id, int argc, char **argv, char *const *environment, const void *address)
{
    *id = (struct lc_identity){
        .process =
            {
                .pid = lc_sys_getpid(),
                .ppid = lc_sys_getppid(),
                .executable = read_link("/proc/self/exe"),
                .directory = read_link("/proc/self/cwd"),
                .arguments = copy_arguments(argc, argv),
                .test = test_of(environment, ""),
                .start_unix_ms = lc_sys_clock_ns(CLOCK_REALTIME) / 1000000,
            },
        .start_ns = lc_sys_clock_ns(CLOCK_MONOTONIC),
    };
    id->process.argument_count = id->process.arguments ? (size_t)argc : 0;
    id->library = path_of(address, id->process.directory);
}

void lc_identity_after_fork(struct lc_identity *id, char *const *environment)
{
    id->process.test = test_of(environment, id->process.test);
    id->process.ppid = id->process.pid;
    id->process.pid = lc_sys_getpid();
    id->process.is_main = false;
    id->is_forked = true;
}

struct lc_process lc_identity_at_end(const struct lc_identity *id, enum lc_end_kind kind, int value)
{
    struct lc_process p = id->process;
    p.duration_ms = (lc_sys_clock_ns(CLOCK_MONOTONIC) - id->start_ns) / 1000000;
    p.end_kind = kind;
    p.end_value = value;
    return p;
}
