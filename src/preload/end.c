#include "preload/end.h"

#include "base/arena.h"
#include "base/sys.h"
#include "preload/door.h"
#include "record/fork.h"
#include "record/thread.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* In a page that the kernel empties in the child of a fork, and of nothing else: a child that shares our
 * memory (vfork, posix_spawn) finds its parent's pid here, any other one 0. */
struct mark {
    pid_t pid;
};

static struct {
    struct lc_finish *run;
    struct mark *mark;
    bool is_done; /* atomic */
    int expected_status;
} end;

extern void __libc_freeres(void);
int at_quick_exit(void (*function)(void));

static void become_child(void)
{
    end.is_done = false;
    end.mark->pid = lc_sys_getpid();
    lc_identity_after_fork(&end.run->identity);
    lc_target_after_fork(&end.run->report);
    lc_target_after_fork(&end.run->record);
}

static void after_fork_child(void)
{
    lc_fork_child();
    become_child();
}

static bool is_borrowed_memory(void)
{
    if (end.mark->pid == 0) { /* forked by a raw system call */
        lc_fork_unprepared_child();
        become_child();
    }
    return end.mark->pid != lc_sys_getpid();
}

int lc_end_report(enum lc_end_kind kind, int value)
{
    if (!end.run || is_borrowed_memory() || __atomic_exchange_n(&end.is_done, true, __ATOMIC_ACQ_REL))
        return value;
    uint64_t signals;
    lc_sys_signals_block(&signals);
    lc_is_recording = false;
    end.run->early_blocks = lc_early_blocks();
    bool has_findings = lc_finish(end.run, kind, value);
    lc_sys_signals_restore(&signals);
    const struct lc_options *o = &end.run->options;
    bool may_fail = o->error_exitcode && (o->main_pid == 0 || end.run->identity.process.is_main);
    return kind == LC_END_STATUS && value == 0 && has_findings && may_fail ? (int)o->error_exitcode : value;
}

void lc_end_expect(int status)
{
    end.expected_status = status;
}

/* abort() goes on when this returns, and ends the process as it would have. */
static void on_abort(int signal)
{
    lc_end_report(LC_END_SIGNAL, signal);
}

void lc_end_expect_abort(const struct lc_error_record *e)
{
    struct sigaction now;
    if (e->kind == LC_FREE_MISMATCHED || sigaction(SIGABRT, NULL, &now) || now.sa_handler != SIG_DFL)
        return;
    struct sigaction ours = {.sa_handler = on_abort};
    sigaction(SIGABRT, &ours, NULL);
}

static bool is_single_threaded(void)
{
    struct stat st;
    return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3; /* ., .. and one thread */
}

/* libc's and libstdc++'s pools, which they keep to the end: freed as under valgrind, so that what remains is
 * the program's. Nothing of theirs may run after this. */
static void free_pools(void)
{
    void (*cxx_freeres)(void) = (void (*)(void))dlsym(RTLD_DEFAULT, "_ZN9__gnu_cxx9__freeresEv");
    if (cxx_freeres)
        cxx_freeres();
    __libc_freeres();
}

/* The last of exit's handlers, after every destructor. All that exit would still do is to flush stdio, which
 * must happen before the report: so it is done here, and the process ends here. */
static void at_exit(int status, void *unused)
{
    (void)unused;
    if (is_borrowed_memory())
        return;
    fcloseall();
    if (lc_is_recording && end.run->options.run_libc_freeres && is_single_threaded())
        free_pools();
    lc_sys_exit_group(lc_end_report(LC_END_STATUS, status & 0xff));
}

static void at_quick_exit_end(void)
{
    lc_sys_exit_group(lc_end_report(LC_END_STATUS, end.expected_status & 0xff));
}

int lc_end_install(struct lc_finish *run)
{
    end.mark = lc_pages_map(LC_PAGE_SIZE, "process");
    if (!end.mark)
        return -ENOMEM;
    lc_sys_madvise((uintptr_t)end.mark, LC_PAGE_SIZE, MADV_WIPEONFORK);
    end.mark->pid = lc_sys_getpid();
    end.run = run;
    if (on_exit(at_exit, NULL) || at_quick_exit(at_quick_exit_end) ||
        pthread_atfork(lc_fork_prepare, lc_fork_parent, after_fork_child))
        return -ENOMEM;
    return 0;
}
