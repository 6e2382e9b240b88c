#include "preload/fatal.h"

#include "base/action.h"
#include "base/range.h"
#include "base/sys.h"
#include "preload/end.h"
#include "preload/guarded.h"
#include "preload/oneshot.h"

#include <sys/syscall.h>

#define FAULTS                                                                                                      \
    (LC_SIGNAL(SIGSEGV) | LC_SIGNAL(SIGBUS) | LC_SIGNAL(SIGILL) | LC_SIGNAL(SIGFPE) | LC_SIGNAL(SIGTRAP) | LC_SIGNAL(SIGSYS))

/* signal(7), "Term" and "Core"; SIGKILL can't be caught, and of those for real time libc keeps the first two to itself. */
#define REAL_TIME (~(uint64_t)0 << 33)
static const uint64_t deadly = LC_SIGNAL(SIGHUP) | LC_SIGNAL(SIGINT) | LC_SIGNAL(SIGQUIT) | LC_SIGNAL(SIGABRT) | LC_SIGNAL(SIGUSR1) |
                               LC_SIGNAL(SIGUSR2) | LC_SIGNAL(SIGPIPE) | LC_SIGNAL(SIGALRM) | LC_SIGNAL(SIGTERM) |
                               LC_SIGNAL(SIGSTKFLT) | LC_SIGNAL(SIGXCPU) | LC_SIGNAL(SIGXFSZ) | LC_SIGNAL(SIGVTALRM) |
                               LC_SIGNAL(SIGPROF) | LC_SIGNAL(SIGIO) | LC_SIGNAL(SIGPWR) | FAULTS | REAL_TIME;

void lc_fatal_entry(void);
void lc_fatal_on_signal(int signal, siginfo_t *info, void *context);

/* The flags that we need otherwise, by the bits of the distance. */
static const unsigned hidden[] = {SA_SIGINFO, SA_ONSTACK, SA_RESTART, SA_NODEFER, SA_RESETHAND};
#define ENTRIES (1u << LC_ARRAY_LEN(hidden)) /* as fatal_entry.S has them */
#define FLAGS (SA_SIGINFO | SA_ONSTACK | SA_RESTART)

static bool is_installed;

static bool is_deadly(int signal)
{
    return signal > 0 && signal <= 64 && deadly & LC_SIGNAL(signal);
}

static unsigned hidden_mask(void)
{
    unsigned mask = 0;
    for (size_t i = 0; i < LC_ARRAY_LEN(hidden); i++)
        mask |= hidden[i];
    return mask;
}

static uintptr_t entry_for(unsigned flags)
{
    uintptr_t distance = 0;
    for (size_t i = 0; i < LC_ARRAY_LEN(hidden); i++)
        distance |= flags & hidden[i] ? (uintptr_t)1 << i : 0;
    return (uintptr_t)lc_fatal_entry + distance;
}

void lc_fatal_cover(int signal, struct sigaction *a)
{
    unsigned flags = (unsigned)a->sa_flags;
    if (!is_installed || !is_deadly(signal) || a->sa_handler == SIG_IGN)
        return;
    if (a->sa_handler == SIG_DFL) {
        a->sa_handler = (sighandler_t)entry_for(flags);
        a->sa_flags = (int)((flags & ~hidden_mask()) | FLAGS);
    } else if (flags & SA_RESETHAND) {
        a->sa_handler = lc_oneshot_for(a->sa_handler);
    }
}

void lc_fatal_restore(int signal)
{
    struct lc_action a, meanwhile;
    if (lc_action_set(signal, NULL, &a) < 0 || a.handler != (uintptr_t)SIG_DFL)
        return;
    a.handler = entry_for((unsigned)a.flags);
    a.flags = (a.flags & ~(unsigned long)hidden_mask()) | FLAGS;
    if (lc_action_set(signal, &a, &meanwhile) == 0 && meanwhile.handler != (uintptr_t)SIG_DFL)
        lc_action_set(signal, &meanwhile, NULL); /* another thread has set it */
}

void lc_fatal_uncover(struct sigaction *a)
{
    uintptr_t distance = (uintptr_t)a->sa_handler - (uintptr_t)lc_fatal_entry;
    a->sa_handler = lc_oneshot_of(a->sa_handler);
    if (distance >= ENTRIES)
        return;
    unsigned flags = (unsigned)a->sa_flags & ~hidden_mask();
    for (size_t i = 0; i < LC_ARRAY_LEN(hidden); i++)
        flags |= distance >> i & 1 ? hidden[i] : 0;
    if (a->sa_restorer == lc_action_return) { /* it has never been set */
        flags &= ~(unsigned)LC_ACTION_HAS_RESTORER;
        a->sa_restorer = NULL;
    }
    a->sa_handler = SIG_DFL;
    a->sa_flags = (int)flags;
}

void lc_fatal_install(void)
{
    const struct lc_action ours = {.handler = entry_for(0), .flags = FLAGS | LC_ACTION_HAS_RESTORER, .restorer = lc_action_return};
    uint64_t signals;
    lc_action_defaults = (struct lc_range){entry_for(0), entry_for(0) + ENTRIES};
    is_installed = true;
    lc_sys_signals_block(&signals); /* one that is ignored must not come between */
    for (int signal = 1; signal <= 64; signal++) {
        struct lc_action before;
        if (is_deadly(signal) && lc_action_set(signal, &ours, &before) == 0 && before.handler != (uintptr_t)SIG_DFL)
            lc_action_set(signal, &before, NULL);
    }
    lc_sys_signals_restore(&signals);
}

/* The first process of a container has no default actions but for what it does itself (pid_namespaces(7)). */
static bool is_nothing(int signal, const siginfo_t *info)
{
    bool is_fault = info->si_code > 0 && FAULTS & LC_SIGNAL(signal);
    return lc_sys_getpid() == 1 && !is_fault;
}

/* As soon as the handler returns, where the signal has come: so that is where the core dump is of. It may have been let in
 * for a moment only (sigsuspend). Nor would a fault always happen again: memory that we have mapped may lie there now. */
static void die(const struct lc_death *d)
{
    const struct lc_action by_default = {0};
    const pid_t pid = lc_sys_getpid(), tid = lc_sys_gettid();
    uint64_t *mask = (uint64_t *)(void *)&d->at->uc_sigmask, all;
    lc_sys_signals_block(&all);
    lc_action_set(d->signal, &by_default, NULL);
    *mask &= ~LC_SIGNAL(d->signal);
    if (lc_sys_call(SYS_rt_tgsigqueueinfo, pid, tid, d->signal, (long)d->info, 0, 0) < 0 &&
        lc_sys_call(SYS_tgkill, pid, tid, d->signal, 0, 0, 0) < 0)
        lc_sys_exit_group(128 + d->signal);
}

/* On a stack that may be very small. */
void lc_fatal_on_signal(int signal, siginfo_t *info, void *context)
{
    const struct lc_death death = {signal, info, context};
    if (lc_guarded_take(signal, info, context) || is_nothing(signal, info))
        return;
    lc_end_by_signal(&death);
    die(&death);
}
