#include "preload/end.h"

#include "base/arena.h"
#include "base/ended.h"
#include "base/limits.h"
#include "base/out.h"
#include "base/sys.h"
#include "preload/check.h"
#include "preload/control.h"
#include "preload/door.h"
#include "preload/fatal.h"
#include "preload/guarded.h"
#include "preload/keeper.h"
#include "preload/mark.h"
#include "preload/pools.h"
#include "preload/sandbox.h"
#include "record/alternate.h"
#include "record/fork.h"
#include "record/site.h"
#include "record/thread.h"
#include "report/crash.h"
#include "report/member.h"
#include "report/verdict.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define STACK_BYTES ((size_t)256 << 10)

enum state { RUNNING, REPORTING, REPORTED };

static struct {
    struct lc_finish *run;
    uint32_t state;  /* enum state; atomic, and a futex that nobody wakes */
    pid_t reporter;  /* the thread that does */
    char *stack_top; /* the report's */
    int expected_status;
    bool is_thread_s; /* the process ends with its last thread, by exit(2) */
} end;

int at_quick_exit(void (*function)(void));

static void become_child(void)
{
    lc_mark_take();
    lc_check_after_fork();
    lc_control_after_fork();
    end.state = RUNNING;
    lc_identity_after_fork(&end.run->identity, environ);
    lc_target_after_fork(&end.run->console);
    lc_target_after_fork(&end.run->report);
    lc_target_after_fork(&end.run->record);
    lc_member_begin(end.run);
    if (end.run->options.survive_kill)
        lc_keeper_start(end.run);
}

static void after_fork_child(void)
{
    lc_fork_child();
    end.run->inherited_sites = lc_site_begin_anew();
    become_child();
}

/* False in a child that runs in our memory: its end is not ours. */
static bool is_own_process(void)
{
    enum lc_mark mark = lc_mark_check();
    if (mark == LC_MARK_FORKED) {
        lc_fork_unprepared_child();
        become_child();
    }
    return mark != LC_MARK_BORROWED;
}

/* One thread reports; others that end the process meanwhile wait, because their end would cut the report off. */
static bool may_report(void)
{
    uint32_t seen = RUNNING;
    if (__atomic_compare_exchange_n(&end.state, &seen, REPORTING, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        end.reporter = lc_sys_gettid();
        return true;
    }
    while (end.reporter != lc_sys_gettid() && __atomic_load_n(&end.state, __ATOMIC_ACQUIRE) == REPORTING)
        lc_sys_futex_wait(&end.state, REPORTING);
    return false;
}

struct ending {
    enum lc_end_kind kind;
    int value;
    const struct lc_death *death; /* NULL: nobody was interrupted */
    bool may_check, has_errors;
    pid_t thread; /* that ends, for the keeper */
};

/* Else what is lost is told from what is not. */
static void note_unchecked(struct lc_finish *run)
{
    if (!run->scan && run->options.leak_check != LC_CHECK_NO && run->note_count < LC_ARRAY_LEN(run->notes))
        run->notes[run->note_count++] = "which blocks are lost could not be found out: the process's threads could not be listed";
}

/* The kernel may not be asked. */
static pid_t this_thread(void)
{
    const struct lc_thread *t = lc_thread_self();
    pid_t tid = lc_sys_gettid();
    return tid > 0 ? tid : t ? t->tid : end.run->identity.process.pid;
}

/* On the thread that the signal came to, as long as recording is on. */
static void note_death(const struct lc_death *death)
{
    struct lc_death_thread *t = &end.run->death_thread;
    end.run->death = death;
    if (!death)
        return;
    t->tid = this_thread();
    t->stack = lc_crash_stack(death);
    lc_sys_call(SYS_prctl, PR_GET_NAME, (long)t->name, 0, 0, 0, 0);
}

static void finish(void *argument)
{
    struct ending *e = argument;
    if (e->death && e->may_check)
        lc_check_stop(end.run, e->death->at);
    note_death(e->death);
    lc_is_recording = false;
    note_unchecked(end.run);
    e->has_errors = lc_finish(end.run, e->kind, e->value);
}

/* What is left of the report that failed. */
static LC_COLD void complain(const struct lc_guarded *how)
{
    char why[160];
    const struct lc_range own = lc_real_module((uintptr_t)complain);
    bool is_own = lc_range_has(own, how->pc);
    if (how->signal)
        lc_format(why, sizeof why, "the report failed, by signal %d at %s0x%lx", how->signal, is_own ? "libleakcheck.so+" : "",
                  (unsigned long)(how->pc - (is_own ? own.start : 0)));
    else
        lc_format(why, sizeof why, "the report was given up after %u seconds (--signal-timeout)", end.run->options.signal_timeout);
    lc_target_say(&end.run->console, why);
}

static void finish_in_keeper(void *argument)
{
    struct ending *e = argument;
    if (e->may_check)
        lc_check_look(end.run, end.run->identity.process.pid, e->thread);
    note_unchecked(end.run);
    e->has_errors = lc_finish(end.run, e->kind, e->value);
}

/* By the keeper, for a program that may not do what a report needs; the world is stopped as far as that is allowed. */
static bool report_by_keeper(struct ending *e)
{
    if (!lc_sandbox_is_on())
        return false;
    if (e->may_check && e->death)
        lc_check_stop(end.run, e->death->at);
    note_death(e->death);
    e->thread = this_thread();
    lc_is_recording = false;
    return lc_keeper_do(finish_in_keeper, e);
}

/* With signals blocked, and on a stack of our own. True when there is something to fail for. The world stops while recording
 * is still on: what others free before is taken note of. */
static bool report(struct ending *e)
{
    struct lc_guarded how;
    if (e->kind != LC_END_RUNNING)
        lc_limits_lift();
    lc_pages_open_reserve();
    end.run->scan = NULL;
    e->may_check = lc_check_enter();
    if (e->may_check && !e->death)
        lc_check_stop(end.run, NULL);
    if (report_by_keeper(e))
        return e->has_errors;
    if (!lc_guarded(finish, e, end.stack_top, e->death ? end.run->options.signal_timeout : 0, &how)) {
        lc_is_recording = false;
        complain(&how);
    }
    return e->has_errors;
}

/* The same, if nobody else does, or has done; others may then go on. */
static bool report_once(enum lc_end_kind kind, int value)
{
    struct ending e = {kind, value, NULL, false, false, 0};
    if (!may_report())
        return false;
    report(&e);
    lc_check_leave();
    __atomic_store_n(&end.state, REPORTED, __ATOMIC_RELEASE);
    lc_sys_futex_wake(&end.state, INT32_MAX);
    return e.has_errors;
}

static bool is_turned_off(void)
{
    return lc_real.lsan_is_turned_off && lc_real.lsan_is_turned_off();
}

/* Strict mode (seccomp(2)) has no other way out. */
static void __attribute__((noreturn)) leave(int status)
{
    if (end.is_thread_s)
        lc_sys_call(SYS_exit, status, 0, 0, 0, 0, 0);
    lc_sys_exit_group(status);
}

void lc_end_exit_thread(int status, const struct lc_context *here)
{
    end.is_thread_s = true;
    lc_end_exit(status, here);
}

/* Signals stay blocked: one that comes during the report must not change how a program ended that was done. */
static void __attribute__((noreturn)) end_process(int status)
{
    uint64_t signals;
    if (is_turned_off()) {
        end.state = REPORTED;
        lc_member_become(end.run);
        leave(status);
    }
    lc_sys_signals_block(&signals);
    bool has_errors = report_once(LC_END_STATUS, status & 0xff);
    leave(lc_verdict_status(has_errors, status, &end.run->identity.process, &end.run->options));
}

static void free_pools(const struct lc_context *here, bool is_flushed)
{
    if (!lc_is_recording || !end.run->options.run_libc_freeres)
        return;
    end.run->keeps_stdio_buffers = lc_pools_free(here, is_flushed) != LC_POOLS_FREED;
}

void lc_end_exit(int status, const struct lc_context *here)
{
    if (!end.run || !is_own_process())
        leave(status);
    free_pools(here, false);
    end_process(status);
}

/* The run, while the process can be checked; else NULL. */
struct lc_finish *lc_end_run(void)
{
    bool is_running = __atomic_load_n(&end.state, __ATOMIC_ACQUIRE) == RUNNING;
    return end.run && lc_is_recording && is_running && is_own_process() ? end.run : NULL;
}

/* As at the end, but that the process goes on, if nothing is lost. */
void lc_end_check_finally(void)
{
    uint64_t signals;
    if (!lc_end_run())
        return;
    lc_sys_signals_block(&signals);
    bool has_errors = report_once(LC_END_RUNNING, 0);
    int failure = lc_verdict_status(has_errors, 0, &end.run->identity.process, &end.run->options);
    if (failure)
        lc_sys_exit_group(failure);
    lc_sys_signals_restore(&signals);
}

bool lc_end_reports_at_exec(void)
{
    return end.run && end.run->options.report_at_exec;
}

bool lc_end_before_exec(bool can_succeed)
{
    uint64_t signals;
    struct lc_finish *run = lc_end_run();
    if (!run)
        return false;
    if (!can_succeed) {
        lc_member_become(run);
        return true;
    }
    lc_sys_signals_block(&signals);
    lc_check_report(run, LC_END_EXEC);
    lc_sys_signals_restore(&signals);
    return true;
}

void lc_end_after_failed_exec(void)
{
    lc_member_begin(end.run);
}

void lc_end_tell_killed(pid_t pid, int signal)
{
    struct lc_finish *run = lc_end_run();
    if (run)
        lc_member_tell_killed(run, pid, signal);
}

/* Nobody looks for pointers: nobody knows where the threads stood. */
void lc_end_report_for_dead(int status)
{
    if (end.state != RUNNING)
        return;
    bool is_exit = status != LC_ENDED_UNKNOWN && WIFEXITED(status);
    int signal = status == LC_ENDED_UNKNOWN ? SIGKILL : WTERMSIG(status);
    lc_fork_unprepared_child(); /* who held a lock is gone */
    lc_is_recording = false;
    end.run->scan = NULL;
    lc_finish(end.run, is_exit ? LC_END_STATUS : LC_END_SIGNAL, is_exit ? WEXITSTATUS(status) : signal);
}

void lc_end_expect(int status)
{
    end.expected_status = status;
}

/* Nobody goes on after this: who comes to another end meanwhile waits for this one. */
void lc_end_by_signal(const struct lc_death *death)
{
    struct ending e = {LC_END_SIGNAL, death->signal, death, false, false, 0};
    uint64_t signals;
    if (!end.run || !is_own_process() || is_turned_off() || !may_report())
        return;
    lc_sys_signals_block(&signals);
    report(&e);
}

/* The last of exit's handlers, after every destructor. All that exit would still do is to flush stdio, which
 * must happen before the report: so it is done here, and the process ends here. */
static void at_exit(int status, void *unused)
{
    (void)unused;
    struct lc_context here = LC_CALLER();
    if (!is_own_process())
        return;
    fcloseall();
    free_pools(&here, true);
    end_process(status);
}

static void at_quick_exit_end(void)
{
    struct lc_context here = LC_CALLER();
    lc_end_exit(end.expected_status, &here);
}

int lc_end_install(struct lc_finish *run)
{
    char *stack = lc_pages_map(STACK_BYTES, "report");
    if (!stack || lc_mark_init() < 0)
        return -ENOMEM;
    end.stack_top = stack + STACK_BYTES;
    end.run = run;
    if (on_exit(at_exit, NULL) || at_quick_exit(at_quick_exit_end) ||
        pthread_atfork(lc_fork_prepare, lc_fork_parent, after_fork_child))
        return -ENOMEM;
    if (run->options.survive_kill)
        lc_keeper_start(run);
    lc_control_start(run);
    if (!run->options.handle_signals)
        return 0;
    lc_alternate_begin();
    lc_fatal_install();
    return 0;
}
