#include "supervisor.h"

#include "base/ended.h"
#include "base/sys.h"
#include "mem.h"
#include "report/run_lines.h"
#include "report/run_log.h"
#include "report/tool_arguments.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct start {
    struct lc_supervision s;
    const char *log_file;
    pid_t pid;      /* of the wrapper, then of the command */
    int watch;      /* from before it becomes the command, which may end before we look for it */
    int wrapper[2]; /* a pipe that nothing is written to; the wrapper has its end until it becomes the command */
};

/* By system call: the library may be in this process, too (leakcheck leakcheck ...), and is not to notice. */
static void __attribute__((noreturn)) leave(void)
{
    lc_sys_exit_group(0);
}

/* Nothing of the command's: descriptors, terminal, directory, name. Its standard error is kept for the report. */
static void withdraw(const struct lc_supervision *s, int watch)
{
    setsid();
    if (chdir("/") != 0)
        leave();
    int log = s->run->log_fd, low = log < watch ? log : watch, high = log < watch ? watch : log;
    dup2(open("/dev/null", O_RDWR), STDIN_FILENO);
    dup2(STDIN_FILENO, STDOUT_FILENO);
    if (low > 3)
        close_range(3, (unsigned)low - 1, 0);
    if (high > low + 1)
        close_range((unsigned)low + 1, (unsigned)high - 1, 0);
    close_range((unsigned)high + 1, ~0u, 0);
    for (int signal = 1; signal < SIGRTMIN; signal++)
        if (signal != SIGCHLD && signal != SIGKILL && signal != SIGSTOP)
            sigaction(signal, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    for (char **argument = s->arguments + 1; *argument; argument++)
        memset(*argument, 0, strlen(*argument));
}

/* Runs leakcheck-report over `log`, with its output to `to`. */
static void run_report(const struct lc_supervision *s, int log, int to)
{
    struct lc_tool_arguments arguments;
    lc_tool_arguments(&arguments, s->report);
    pid_t pid = (pid_t)lc_sys_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
    if (pid == 0) {
        lseek(log, 0, SEEK_SET);
        dup2(log, STDIN_FILENO);
        dup2(to, STDOUT_FILENO);
        dup2(to, STDERR_FILENO);
        char *const environment[] = {NULL};
        execve(s->report, (char **)(uintptr_t)arguments.list, environment);
        leave();
    }
    waitpid(pid, NULL, 0);
}

static void tell_end(int all, pid_t pid, int status)
{
    uint64_t bytes, blocks;
    if (status == LC_ENDED_UNKNOWN || !WIFSIGNALED(status))
        return;
    const char *name = sigabbrev_np(WTERMSIG(status));
    dprintf(STDERR_FILENO, "leakcheck: process %d was killed by SIG%s: there is no report on it\n", pid, name ? name : "?");
    if (lc_run_lines_totals(all, pid, &bytes, &blocks))
        dprintf(STDERR_FILENO, "leakcheck: the last that is known: it had not freed %lu bytes in %lu blocks\n", (unsigned long)bytes, (unsigned long)blocks);
}

static void report(const struct lc_supervision *s, const char *log_file, pid_t pid, int status)
{
    lc_run_log_wait(s->run->log_fd);
    int all = memfd_create("leakcheck-run", MFD_CLOEXEC);
    ssize_t taken = lc_run_log_take(s->run->log_fd, all);
    if (taken >= 0)
        tell_end(all, pid, status);
    if (taken > 0 && !lc_run_lines_settle(all))
        return;
    int to = STDERR_FILENO;
    if (taken > 0 && *log_file)
        to = open(log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (taken > 0)
        run_report(s, all, to < 0 ? STDERR_FILENO : to);
}

static char *absolute(const char *path)
{
    char *here = *path && *path != '/' ? getcwd(NULL, 0) : NULL;
    char *copy = here ? lc_mem_format("%s/%s", here, path) : lc_mem_format("%s", path);
    free(here);
    return copy;
}

static int __attribute__((noreturn)) supervise(void *argument)
{
    const struct start *start = argument;
    char none;
    while (lc_sys_read(start->wrapper[0], &none, sizeof none) == -EINTR)
        ;
    withdraw(&start->s, start->watch);
    struct pollfd ended = {.fd = start->watch, .events = POLLIN};
    while (poll(&ended, 1, -1) < 0)
        ;
    report(&start->s, start->log_file, start->pid, lc_ended_status(start->watch, start->pid));
    lc_run_folder_remove(start->s.run);
    leave();
}

static int __attribute__((noreturn)) stand_between(void *argument)
{
    static char stack[256 << 10] __attribute__((aligned(16)));
    struct start *start = argument;
    lc_sys_close(start->wrapper[1]);
    clone(supervise, stack + sizeof stack, CLONE_VM | SIGCHLD, start);
    lc_sys_exit_group(0);
}

/* Both processes run in the wrapper's memory, which is the supervisor's alone once the wrapper has become the command: to
 * copy it would take longer than all else here. Until then, which the end of a pipe that exec closes tells, it only
 * waits. The first one ends at once, so that the supervisor is no child of the command: one that waits for all its
 * children must not wait for it. No signal is left behind by its end. */
bool lc_supervisor_start(const struct lc_supervision *s)
{
    static char stack[16 << 10] __attribute__((aligned(16)));
    static struct start start;
    int adopts = 0;
    start = (struct start){.s = *s, .pid = getpid()};
    if (start.pid == 1 || prctl(PR_GET_CHILD_SUBREAPER, &adopts) != 0 || adopts || (start.watch = lc_ended_watch(start.pid)) < 0)
        return false;
    if (pipe2(start.wrapper, O_CLOEXEC) != 0) {
        close(start.watch);
        return false;
    }
    start.log_file = absolute(s->options->log_file);
    pid_t between = clone(stand_between, stack + sizeof stack, CLONE_VM | CLONE_VFORK, &start);
    close(start.wrapper[0]);
    close(start.watch);
    return between > 0 && waitpid(between, NULL, __WALL) == between;
}
