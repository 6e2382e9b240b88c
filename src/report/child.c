#include "report/child.h"

#include "base/sys.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define CPU_SECONDS 120 /* a symboliser that hangs must not hold up the end of the program for ever */
#define NOT_STARTED 127

static void become(const char *const *arguments, int in, int out)
{
    const char *const environment[] = {NULL};
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
    const uint64_t no_signals = 0;
    lc_sys_call(SYS_setrlimit, RLIMIT_CPU, (long)&cpu, 0, 0, 0, 0);
    lc_sys_call(SYS_dup3, in, 0, 0, 0, 0, 0);
    lc_sys_call(SYS_dup3, out, 1, 0, 0, 0, 0);
    lc_sys_call(SYS_dup3, out, 2, 0, 0, 0, 0);
    lc_sys_signals_restore(&no_signals);
    lc_sys_call(SYS_execve, (long)arguments[0], (long)arguments, (long)environment, 0, 0, 0);
    lc_sys_exit_group(NOT_STARTED);
}

int lc_child_run(const char *const *arguments, int in, int out)
{
    long pid = lc_sys_call(SYS_clone, 0, 0, 0, 0, 0, 0); /* a fork whose end sends no signal */
    if (pid < 0)
        return (int)pid;
    if (pid == 0)
        become(arguments, in, out);
    int status = 0;
    long rc;
    do
        rc = lc_sys_call(SYS_wait4, pid, (long)&status, __WALL, 0, 0, 0);
    while (rc == -EINTR);
    if (rc < 0)
        return (int)rc;
    if (WIFSIGNALED(status))
        return 128 + WTERMSIG(status);
    return WEXITSTATUS(status) == NOT_STARTED ? -ENOENT : WEXITSTATUS(status);
}
