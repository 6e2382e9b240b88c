#include "preload/keeper.h"

#include "base/arena.h"
#include "base/ended.h"
#include "base/out.h"
#include "base/own_fd.h"
#include "base/sys.h"
#include "preload/end.h"
#include "report/member.h"
#include "report/run_log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <linux/kcmp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STACK_BYTES     ((size_t)256 << 10)
#define BETWEEN_BYTES   ((size_t)8 << 10)
#define LOOK_AGAIN_MS   100
#define SERVES_EVERY_MS 10
#define TOTALS_EVERY_MS 500
#define WAIT_ROUNDS     1000 /* between two looks at the clock */
#define TAKES_MAX_MS    2000
#define DOES_MAX_MS     120000
#define READY_MOMENTS   20000 /* somebody may kill or stop it */

static struct {
    struct lc_finish *run;
    char *stack;
    pid_t pid;                /* whose memory this is */
    struct lc_own_fd program; /* its end of a pipe, which exec closes */
    int ours;
    uint32_t is_ready; /* atomic: the end of the program would be noticed */
    bool serves;
    uint32_t request; /* enum request; atomic, and a futex */
    void (*function)(void *);
    void *argument;
} keeper;

enum request { NOTHING, ASKED, TAKEN, DONE };

/* In the table of who calls. Without it, the program is looked at now and then. */
static void close_program_end(void)
{
    int fd = lc_own_fd_get(&keeper.program);
    if (fd >= 0)
        lc_sys_close(fd);
}

/* Has it another memory than ours? One that is on its way out has none, and is not yet known to have ended. */
static bool is_another_program(void)
{
    char path[32], file[2];
    lc_format(path, sizeof path, "/proc/%d/exe", keeper.pid);
    return lc_sys_call(SYS_kcmp, keeper.pid, lc_sys_getpid(), KCMP_VM, 0, 0, 0) != 0 &&
           lc_sys_readlink(path, file, sizeof file) != -ENOENT;
}

static bool has_ended(int watch)
{
    struct pollfd end = {.fd = watch, .events = POLLIN};
    return lc_sys_call(SYS_poll, (long)&end, 1, 0, 0, 0, 0) > 0;
}

static void serve(void)
{
    uint32_t asked = ASKED;
    if (!__atomic_compare_exchange_n(&keeper.request, &asked, TAKEN, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return;
    keeper.function(keeper.argument);
    __atomic_store_n(&keeper.request, DONE, __ATOMIC_RELEASE);
    lc_sys_futex_wake(&keeper.request, 1);
}

/* True when it has ended, false when it is another program now. It may have closed the pipe, like all it does not know:
 * then it is looked at now and then. */
static bool wait_for_end(int watch)
{
    struct pollfd both[] = {{.fd = watch, .events = POLLIN}, {.fd = keeper.ours, .events = POLLIN}};
    char woken;
    for (;;) {
        int every_ms = keeper.serves ? SERVES_EVERY_MS : both[1].fd < 0 ? LOOK_AGAIN_MS : TOTALS_EVERY_MS;
        long rc = lc_sys_call(SYS_poll, (long)both, 2, every_ms, 0, 0, 0);
        if (rc < 0 && rc != -EINTR)
            return false;
        serve();
        if (rc == 0)
            lc_member_tell_totals(keeper.run);
        if (both[1].revents & POLLIN && lc_sys_read(keeper.ours, &woken, 1) == 1)
            continue;
        if (both[0].revents)
            return true;
        if ((both[1].fd < 0 || both[1].revents) && is_another_program())
            return has_ended(watch); /* meanwhile: what is gone looks like another, too */
        if (both[1].revents)
            both[1].fd = -1;
    }
}

static int keep(void *unused)
{
    (void)unused;
    const struct lc_finish *run = keeper.run;
    int watch = lc_ended_watch(keeper.pid);
    const int kept[] = {run->console.own.fd, run->report.own.fd, run->record.own.fd, run->run_log.own.fd, keeper.ours, watch};
    lc_sys_call(SYS_setsid, 0, 0, 0, 0, 0, 0);
    lc_sys_call(SYS_prctl, PR_SET_NAME, (long)"leakcheck", 0, 0, 0, 0);
    lc_own_fd_close_others(kept, LC_ARRAY_LEN(kept));
    if (run->identity.process.is_main && run->run_log.own.fd >= 0)
        lc_run_log_hold(run->run_log.own.fd);
    __atomic_store_n(&keeper.is_ready, 1, __ATOMIC_RELEASE);
    if (watch >= 0 && wait_for_end(watch))
        lc_end_report_for_dead(lc_ended_status(watch, keeper.pid));
    lc_sys_exit_group(0);
}

/* So that it is no child of the program. */
static int stand_between(void *unused)
{
    close_program_end();
    const struct timespec moment = {0, 20000};
    __atomic_store_n(&keeper.is_ready, 0, __ATOMIC_RELAXED);
    pid_t pid = clone(keep, keeper.stack + STACK_BYTES, CLONE_VM | CLONE_UNTRACED | SIGCHLD, unused);
    for (int i = 0; pid > 0 && i < READY_MOMENTS && !__atomic_load_n(&keeper.is_ready, __ATOMIC_ACQUIRE); i++)
        lc_sys_call(SYS_nanosleep, (long)&moment, 0, 0, 0, 0, 0);
    lc_sys_exit_group(0);
}

/* The first process of a container, or one that adopts orphans, would become its parent. */
static bool would_adopt(void)
{
    int adopts = 0;
    return keeper.pid == 1 || lc_sys_call(SYS_prctl, PR_GET_CHILD_SUBREAPER, (long)&adopts, 0, 0, 0, 0) < 0 || adopts;
}

bool lc_keeper_is_here(void)
{
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return keeper.stack && here - (uintptr_t)keeper.stack < STACK_BYTES + BETWEEN_BYTES;
}

static uint64_t now_ms(void)
{
    return lc_sys_clock_ns(CLOCK_MONOTONIC) / 1000000;
}

/* Until the request is no longer `state`; false when that takes more than `most_ms`, by whatever clock there is. */
static bool wait_while(enum request state, unsigned most_ms)
{
    const uint64_t begin_ms = now_ms();
    for (uint64_t rounds = 0; __atomic_load_n(&keeper.request, __ATOMIC_ACQUIRE) == state; rounds++) {
        const uint64_t waited_ms = begin_ms ? now_ms() - begin_ms : rounds * WAIT_ROUNDS / 10000; /* some 100 ns each */
        if (waited_ms > most_ms)
            return false;
        for (int i = 0; i < WAIT_ROUNDS; i++)
            __builtin_ia32_pause();
    }
    return true;
}

bool lc_keeper_do(void (*function)(void *), void *argument)
{
    if (!keeper.serves || keeper.pid != keeper.run->identity.process.pid)
        return false;
    keeper.function = function;
    keeper.argument = argument;
    __atomic_store_n(&keeper.request, ASKED, __ATOMIC_RELEASE);
    uint32_t asked = ASKED;
    if (!wait_while(ASKED, TAKES_MAX_MS) &&
        __atomic_compare_exchange_n(&keeper.request, &asked, NOTHING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return false;
    wait_while(TAKEN, DOES_MAX_MS);
    return true;
}

static int start(void)
{
    int ends[2];
    if (!keeper.stack && !(keeper.stack = lc_pages_map(STACK_BYTES + BETWEEN_BYTES, "report")))
        return -ENOMEM;
    if (would_adopt())
        return -EPERM;
    int rc = (int)lc_sys_call(SYS_pipe2, (long)ends, O_CLOEXEC, 0, 0, 0, 0);
    if (rc < 0)
        return rc;
    keeper.ours = ends[0];
    lc_own_fd_keep(&keeper.program, ends[1]);
    pid_t between = clone(stand_between, keeper.stack + STACK_BYTES + BETWEEN_BYTES, CLONE_VM | CLONE_VFORK | CLONE_UNTRACED, NULL);
    lc_sys_close(ends[0]);
    if (between < 0)
        return -EAGAIN;
    lc_sys_call(SYS_wait4, between, 0, __WALL, 0, 0, 0);
    return 0;
}

void lc_keeper_serve(struct lc_finish *run)
{
    if (keeper.run && keeper.pid == run->identity.process.pid) {
        int fd = lc_own_fd_get(&keeper.program);
        keeper.serves = true;
        if (fd >= 0)
            lc_sys_write(fd, "", 1);
        return;
    }
    keeper.serves = true;
    lc_keeper_start(run);
}

void lc_keeper_start(struct lc_finish *run)
{
    uint64_t signals;
    if (keeper.run) /* a fork's child: what is open is the parent's keeper's */
        close_program_end();
    keeper.run = run;
    keeper.pid = lc_sys_getpid();
    lc_sys_signals_block(&signals); /* and so they stay, in the keeper */
    int rc = start();
    lc_sys_signals_restore(&signals);
    if (rc < 0 && run->note_count < LC_ARRAY_LEN(run->notes))
        run->notes[run->note_count++] = "nothing could be started that survives the process (survive-kill)";
}
