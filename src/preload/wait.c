/* The doors through which a process learns how its children have ended: who was killed can't tell it himself. */
#include "base/sys.h"
#include "preload/door.h"
#include "preload/end.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static pid_t note(pid_t pid, int status)
{
    if (pid > 0 && WIFSIGNALED(status))
        lc_end_tell_killed(pid, WTERMSIG(status));
    return pid;
}

LC_EXPORT pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
    int own = 0;
    if (lc_door_is_early()) {
        errno = ECHILD;
        return -1;
    }
    pid_t ended = lc_real.wait4(pid, &own, options, usage);
    if (ended > 0 && status)
        *status = own;
    return note(ended, own);
}

LC_EXPORT pid_t wait3(int *status, int options, struct rusage *usage)
{
    return wait4(-1, status, options, usage);
}

LC_EXPORT pid_t waitpid(pid_t pid, int *status, int options)
{
    return wait4(pid, status, options, NULL);
}

LC_EXPORT pid_t wait(int *status)
{
    return wait4(-1, status, 0, NULL);
}

LC_EXPORT int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
    siginfo_t own = {0};
    if (lc_door_is_early()) {
        errno = ECHILD;
        return -1;
    }
    int rc = lc_real.waitid(type, id, info ? info : &own, options);
    const siginfo_t *got = info ? info : &own;
    bool is_killed = rc == 0 && got->si_pid && (got->si_code == CLD_KILLED || got->si_code == CLD_DUMPED);
    if (is_killed && !(options & WNOWAIT))
        lc_end_tell_killed(got->si_pid, got->si_status);
    return rc;
}
