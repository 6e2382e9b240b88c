#include "preload/guarded.h"

#include "base/action.h"
#include "base/sys.h"
#include "preload/on_stack.h"

#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

#define TIMER_SIGNAL SIGSTKFLT /* which the kernel never sends */

static const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, TIMER_SIGNAL};

static struct {
    struct lc_guarded *how;
    char *top;
    pid_t tid; /* 0: nothing is guarded; in the child of a fork it is nobody's */
} guarded;

bool lc_guarded_take(int signal, const siginfo_t *info, void *context)
{
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    bool is_timer = signal == TIMER_SIGNAL;
    if (guarded.tid != lc_sys_gettid() || is_timer != (info->si_code == SI_TIMER))
        return false;
    *guarded.how = (struct lc_guarded){true, is_timer ? 0 : signal, (uintptr_t)registers[REG_RIP]};
    registers[REG_RIP] = (greg_t)lc_on_stack_leave;
    registers[REG_RDI] = (greg_t)guarded.top;
    return true;
}

/* Those that come to us. */
static uint64_t taken(void)
{
    uint64_t mask = 0;
    struct lc_action now;
    for (size_t i = 0; i < LC_ARRAY_LEN(signals); i++)
        if (lc_action_set(signals[i], NULL, &now) == 0 && lc_range_has(lc_action_defaults, now.handler))
            mask |= LC_SIGNAL(signals[i]);
    return mask;
}

/* The kernel's struct sigevent has the thread's id where libc's has a union. */
static int start_timer(unsigned limit_s, int *timer)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TIMER_SIGNAL};
    const struct itimerspec when = {.it_value.tv_sec = limit_s};
    const pid_t tid = lc_sys_gettid();
    memcpy(&event._sigev_un, &tid, sizeof tid);
    long rc = lc_sys_call(SYS_timer_create, CLOCK_MONOTONIC, (long)&event, (long)timer, 0, 0, 0);
    return (int)(rc < 0 ? rc : lc_sys_call(SYS_timer_settime, *timer, 0, (long)&when, 0, 0, 0));
}

static struct {
    void (*function)(void *);
    void *argument;
    stack_t alternate; /* the thread's */
} call;

/* The caller may stand on the thread's signal stack: what comes now must not begin there again. */
static void run(void *unused)
{
    const stack_t none = {.ss_flags = SS_DISABLE};
    (void)unused;
    lc_sys_call(SYS_sigaltstack, (long)&none, (long)&call.alternate, 0, 0, 0, 0);
    guarded.tid = lc_sys_gettid();
    call.function(call.argument);
}

bool lc_guarded(void (*function)(void *), void *argument, char *top, unsigned limit_s, struct lc_guarded *how)
{
    const uint64_t mask = ~taken();
    uint64_t mask_before;
    int timer;
    *how = (struct lc_guarded){0};
    guarded.how = how;
    guarded.top = top;
    call.function = function;
    call.argument = argument;
    bool has_timer = limit_s && !(mask & LC_SIGNAL(TIMER_SIGNAL)) && start_timer(limit_s, &timer) == 0;
    lc_sys_signals_block(&mask_before);
    lc_sys_signals_restore(&mask);
    lc_on_stack(run, NULL, top);
    lc_sys_signals_restore(&mask_before);
    guarded.tid = 0;
    if (has_timer)
        lc_sys_call(SYS_timer_delete, timer, 0, 0, 0, 0, 0);
    lc_sys_call(SYS_sigaltstack, (long)&call.alternate, 0, 0, 0, 0, 0);
    return !how->is_left;
}
