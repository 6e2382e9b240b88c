#include "preload/copy.h"

#include "base/own_fd.h"
#include "base/sys.h"
#include "record/fork.h"
#include "vm/access.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define GIVE_WAY 10     /* nice(2) */
#define CPU_SECONDS 600 /* one that hangs must not stay */

static pid_t copy; /* the last one; 0: it is buried */

bool lc_copy_bury(void)
{
    if (copy && lc_sys_call(SYS_wait4, copy, 0, WNOHANG | __WALL, 0, 0, 0) != 0)
        copy = 0;
    return !copy;
}

void lc_copy_after_fork(void)
{
    copy = 0;
}

static void go_first_when_memory_is_short(void)
{
    int fd = lc_sys_open("/proc/self/oom_score_adj", O_WRONLY, 0);
    if (fd < 0)
        return;
    lc_sys_write(fd, "1000", 4);
    lc_sys_close(fd);
}

static void stand_back(int kept)
{
    const struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS};
    const int all_kept[] = {kept, lc_access_descriptor()};
    lc_own_fd_close_others(all_kept, LC_ARRAY_LEN(all_kept)); /* what the program closes must be closed: its peers wait for it */
    lc_sys_call(SYS_setsid, 0, 0, 0, 0, 0, 0);
    lc_sys_call(SYS_prctl, PR_SET_NAME, (long)"leakcheck", 0, 0, 0, 0);
    lc_sys_call(SYS_setpriority, PRIO_PROCESS, 0, GIVE_WAY, 0, 0, 0);
    lc_sys_call(SYS_setrlimit, RLIMIT_CPU, (long)&cpu, 0, 0, 0, 0);
    go_first_when_memory_is_short();
}

pid_t lc_copy_make(int kept)
{
    if (!lc_copy_bury())
        return -EBUSY;
    if (lc_access_is_denied("clone"))
        return -EPERM;
    lc_fork_prepare(); /* a thread that could not be stopped may be at one of our tables */
    pid_t pid = (pid_t)lc_sys_call(SYS_clone, CLONE_UNTRACED, 0, 0, 0, 0, 0);
    lc_fork_parent();
    if (pid == 0)
        stand_back(kept);
    else if (pid > 0)
        copy = pid;
    return pid;
}
