/* The doors through which a process ends, and that of dlclose. */
#include "base/sys.h"
#include "preload/door.h"
#include "preload/end.h"
#include "preload/sandbox.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No handler of atexit and no destructor runs here, and stdio is not flushed: dash and coreutils leave so. */
LC_EXPORT void _exit(int status)
{
    struct lc_context here = LC_CALLER();
    lc_end_exit(status, &here);
}

LC_EXPORT void _Exit(int status)
{
    struct lc_context here = LC_CALLER();
    lc_end_exit(status, &here);
}

LC_EXPORT void quick_exit(int status)
{
    lc_end_expect(status);
    if (!lc_door_is_early())
        lc_real.quick_exit(status);
    _exit(status);
}

/* For syscall.S. */
long lc_syscall_failed(int error);
long lc_syscall_noted(long number, long a, long b, long c, long d, long e);
long lc_syscall_failed(int error)
{
    errno = error;
    return -1;
}

static long answer_as_libc(long rc)
{
    return rc < 0 ? lc_syscall_failed((int)-rc) : rc;
}

/* The end of the last thread is that of the process: others are in /proc (stat(2): a folder's links). */
static bool is_only_thread(void)
{
    struct stat st;
    return lc_sandbox_is_strict() || (lc_sys_call(SYS_newfstatat, AT_FDCWD, (long)"/proc/self/task", (long)&st, 0, 0, 0) == 0 && st.st_nlink == 3);
}

long lc_syscall_noted(long number, long a, long b, long c, long d, long e)
{
    const long arguments[] = {a, b, c, d, e};
    struct lc_context here = LC_CALLER();
    if (number == SYS_prctl)
        return answer_as_libc(lc_sandbox_prctl(arguments));
    if (number == SYS_seccomp)
        return answer_as_libc(lc_sandbox_seccomp(arguments));
    if (number == SYS_exit_group)
        lc_end_exit((int)a, &here);
    if (is_only_thread())
        lc_end_exit_thread((int)a, &here);
    return lc_sys_call_unasked(SYS_exit, a, 0, 0, 0, 0, 0);
}

/* All of its arguments are words (prctl(2)). */
LC_EXPORT int prctl(int option, ...)
{
    va_list args;
    long arguments[5] = {option};
    va_start(args, option);
    for (size_t i = 1; i < LC_ARRAY_LEN(arguments); i++)
        arguments[i] = va_arg(args, long);
    va_end(args);
    return (int)answer_as_libc(lc_sandbox_prctl(arguments));
}

LC_EXPORT int dlclose(void *handle)
{
    if (lc_door_is_early() && lc_real_resolve() < 0)
        return -1;
    int status = lc_real.dlclose(handle);
    if (lc_is_recording)
        lc_track_modules_changed();
    return status;
}
