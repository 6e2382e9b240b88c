/* The doors of exec: what a process had until then is reported by them, or by nobody. */
#include "base/environment.h"
#include "base/out.h"
#include "base/sys.h"
#include "preload/door.h"
#include "preload/end.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What exec is called for: `path` relative to `directory`; flags are those of execveat(2). */
struct image {
    int directory;
    const char *path;
    char *const *arguments, *const *environment;
    int flags;
};

static bool may_be_executed(const struct image *i)
{
    return lc_sys_call(SYS_faccessat2, i->directory, (long)i->path, X_OK, i->flags | AT_EACCESS, 0, 0) == 0;
}

/* -1 and errno: it returns only when it has failed. */
static int become(const struct image *i)
{
    bool is_told = lc_end_before_exec(lc_end_reports_at_exec() && may_be_executed(i));
    long rc = i->flags || i->directory != AT_FDCWD
                  ? lc_sys_call_unasked(SYS_execveat, i->directory, (long)i->path, (long)i->arguments, (long)i->environment, i->flags, 0)
                  : lc_sys_call_unasked(SYS_execve, (long)i->path, (long)i->arguments, (long)i->environment, 0, 0, 0);
    if (is_told)
        lc_end_after_failed_exec();
    errno = (int)-rc;
    return -1;
}

static int become_path(const char *path, char *const *arguments, char *const *environment)
{
    return become(&(struct image){AT_FDCWD, path, arguments, environment, 0});
}

/* As execvp(3) looks for it. */
static bool may_be_found(const char *file)
{
    const char *at = lc_environment_get(environ, "PATH", strlen("PATH"));
    char path[PATH_MAX];
    if (strchr(file, '/'))
        return may_be_executed(&(struct image){.directory = AT_FDCWD, .path = file});
    for (at = at ? at : "/bin:/usr/bin"; *at; at += *at == ':') {
        size_t len = strcspn(at, ":");
        lc_format(path, sizeof path, "%.*s%s%s", (int)len, at, len ? "/" : "", file);
        if (may_be_executed(&(struct image){.directory = AT_FDCWD, .path = path}))
            return true;
        at += len;
    }
    return false;
}

/* By libc, which knows what a script without an interpreter is. */
static int become_found(const char *file, char *const *arguments, char *const *environment)
{
    bool is_told = lc_end_before_exec(lc_end_reports_at_exec() && may_be_found(file));
    int rc = lc_real.execvpe(file, arguments, environment);
    if (is_told)
        lc_end_after_failed_exec();
    return rc;
}

LC_EXPORT int execve(const char *path, char *const *arguments, char *const *environment)
{
    return become_path(path, arguments, environment);
}

LC_EXPORT int execv(const char *path, char *const *arguments)
{
    return become_path(path, arguments, environ);
}

LC_EXPORT int execvp(const char *file, char *const *arguments)
{
    return become_found(file, arguments, environ);
}

LC_EXPORT int execvpe(const char *file, char *const *arguments, char *const *environment)
{
    return become_found(file, arguments, environment);
}

LC_EXPORT int fexecve(int fd, char *const *arguments, char *const *environment)
{
    return become(&(struct image){fd, "", arguments, environment, AT_EMPTY_PATH});
}

LC_EXPORT int execveat(int directory, const char *path, char *const *arguments, char *const *environment, int flags)
{
    return become(&(struct image){directory, path, arguments, environment, flags});
}

static size_t count(va_list args)
{
    size_t n = 1;
    while (va_arg(args, char *))
        n++;
    return n;
}

/* The arguments from `first` on, on the caller's stack, as libc has them. */
#define COLLECT(first)                                                                                   \
    va_list args;                                                                                        \
    va_start(args, first);                                                                               \
    size_t n = count(args);                                                                              \
    va_end(args);                                                                                        \
    char *arguments[n + 1];                                                                              \
    va_start(args, first);                                                                               \
    arguments[0] = (char *)(uintptr_t)first;                                                             \
    for (size_t i = 1; i <= n; i++)                                                                      \
        arguments[i] = va_arg(args, char *)

LC_EXPORT int execl(const char *path, const char *first, ...)
{
    COLLECT(first);
    va_end(args);
    return become_path(path, arguments, environ);
}

LC_EXPORT int execlp(const char *file, const char *first, ...)
{
    COLLECT(first);
    va_end(args);
    return become_found(file, arguments, environ);
}

LC_EXPORT int execle(const char *path, const char *first, ...)
{
    COLLECT(first);
    char *const *environment = va_arg(args, char *const *);
    va_end(args);
    return become_path(path, arguments, environment);
}
