#include "report/child.h"

#include "base/action.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define CPU_SECONDS 120 /* a symboliser that hangs must not hold up the end of the program for ever */
#define NOT_STARTED 127
#define WAIT_RETRIES 2

/* Who is given up dies with who gave it up. */
static void die_with_parent(void)
{
    lc_sys_call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0, 0);
}

/* Descriptors to become 0, 1 and 2. */
struct streams {
    int fd[3];
};

/* They may be among the three: a program closes its own before it ends. */
static void take_streams(struct streams s)
{
    for (int i = 0; i < 3; i++)
        s.fd[i] = lc_sys_fcntl(s.fd[i], F_DUPFD_CLOEXEC, 3);
    for (int i = 0; i < 3; i++)
        lc_sys_call(SYS_dup3, s.fd[i], i, 0, 0, 0, 0);
}

static void become(const char *const *arguments, struct streams s)
{
    const char *const environment[] = {NULL};
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
    const uint64_t no_signals = 0;
    die_with_parent();
    lc_sys_call(SYS_setrlimit, RLIMIT_CPU, (long)&cpu, 0, 0, 0, 0);
    take_streams(s);
    lc_sys_signals_restore(&no_signals);
    lc_sys_call(SYS_execve, (long)arguments[0], (long)arguments, (long)environment, 0, 0, 0);
    lc_sys_exit_group(NOT_STARTED);
}

/* A fork whose end sends no signal, and which is waited for only by who asks for it. A debugger, which would take it
 * for a thread because of that, is not told of it. */
static long fork_silently(void)
{
    return lc_sys_call(SYS_clone, CLONE_UNTRACED, 0, 0, 0, 0, 0);
}

/* As a shell tells it, or -errno. What refuses the call (a filter, a tracer) is asked again: nobody can tell whether a child
 * that was not waited for has reported. */
static int wait_for(long pid)
{
    int status = 0, refused = 0;
    long rc;
    do
        rc = lc_sys_call(SYS_wait4, pid, (long)&status, __WALL, 0, 0, 0);
    while (rc == -EINTR || (rc < 0 && rc != -ECHILD && refused++ < WAIT_RETRIES));
    if (rc < 0)
        return (int)rc;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What handlers do is not for a copy of the process: not even for a signal that comes between here and exec. */
static void forget_handlers(void)
{
    const struct lc_action by_default = {0};
    struct lc_action now;
    for (int signal = 1; signal <= 64; signal++)
        if (lc_action_set(signal, NULL, &now) == 0 && (now.handler != (uintptr_t)SIG_IGN || signal == SIGCHLD))
            lc_action_set(signal, &by_default, NULL);
}

/* exec makes the end of a process send SIGCHLD, whatever it was forked with (execve(2)): so a process that
 * stays what it is stands between the host and the other program. Not even an ignored SIGCHLD, which would
 * take the status away, is inherited by it. */
static void stand_between(const char *const *arguments, struct streams s)
{
    die_with_parent();
    forget_handlers();
    long pid = fork_silently();
    if (pid == 0)
        become(arguments, s);
    int status = pid < 0 ? NOT_STARTED : wait_for(pid);
    lc_sys_exit_group(status < 0 ? NOT_STARTED : status);
}

int lc_child_run(const char *const *arguments, int in, int out, int err)
{
    long pid = fork_silently();
    if (pid < 0)
        return (int)pid;
    if (pid == 0)
        stand_between(arguments, (struct streams){{in, out, err}});
    int status = wait_for(pid);
    return status == NOT_STARTED ? -ENOENT : status;
}
