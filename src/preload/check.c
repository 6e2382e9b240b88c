#include "preload/check.h"

#include "base/arena.h"
#include "base/sys.h"
#include "preload/early.h"
#include "preload/hooks.h"
#include "preload/on_stack.h"
#include "preload/real.h"
#include "scan/tasks.h"

#include <errno.h>

#define STACK_BYTES ((size_t)256 << 10)

static uint32_t is_busy; /* atomic, and a futex */
static pid_t owner;      /* atomic: who is at a check */

bool lc_check_enter(void)
{
    if (__atomic_load_n(&owner, __ATOMIC_RELAXED) == lc_sys_gettid())
        return false;
    while (__atomic_exchange_n(&is_busy, 1, __ATOMIC_ACQUIRE))
        lc_sys_futex_wait(&is_busy, 1);
    __atomic_store_n(&owner, lc_sys_gettid(), __ATOMIC_RELAXED);
    return true;
}

bool lc_check_try_enter(void)
{
    if (__atomic_exchange_n(&is_busy, 1, __ATOMIC_ACQUIRE))
        return false;
    __atomic_store_n(&owner, lc_sys_gettid(), __ATOMIC_RELAXED);
    return true;
}

void lc_check_leave(void)
{
    __atomic_store_n(&owner, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&is_busy, 0, __ATOMIC_RELEASE);
    lc_sys_futex_wake(&is_busy, 1);
}

void lc_check_after_fork(void)
{
    is_busy = 0;
    owner = 0;
}

int lc_check_on_stack(void (*function)(void *), void *argument)
{
    static char *stack;
    if (!stack && !(stack = lc_pages_map(STACK_BYTES, "report")))
        return -ENOMEM;
    lc_on_stack(function, argument, stack + STACK_BYTES);
    return 0;
}

static struct lc_collect_scan scan;

struct stop {
    struct lc_finish *run;
    unsigned deadline_ms;
};

static void stop(void *argument)
{
    const struct stop *s = argument;
    scan.libc = lc_real_libc();
    scan.loader = lc_real_loader();
    scan.allocator = lc_real_module((uintptr_t)lc_real.malloc);
    scan.early = lc_early_used();
    s->run->scan = lc_world_stop(&scan.world, s->deadline_ms) == 0 ? &scan : NULL;
}

void lc_check_stop(struct lc_finish *run, const ucontext_t *interrupted)
{
    const struct lc_range passed[] = {lc_real_module((uintptr_t)lc_check_stop), lc_real_libc()};
    run->scan = NULL;
    run->suppressions = NULL;
    if (run->options.leak_check == LC_CHECK_NO)
        return;
    run->suppressions = lc_hooks_suppressions();
    if (interrupted)
        lc_self_interrupted(&scan.self, interrupted);
    else
        lc_self_find(&scan.self, passed, LC_ARRAY_LEN(passed));
    scan.is_last = interrupted != NULL;
    lc_check_on_stack(stop, &(struct stop){run, run->options.stop_timeout});
}

void lc_check_find_caller(struct lc_self *self)
{
    const struct lc_range passed[] = {lc_real_module((uintptr_t)lc_check_find_caller), lc_real_libc()};
    lc_self_find(self, passed, LC_ARRAY_LEN(passed));
}

void lc_check_stop_at(struct lc_finish *run, const ucontext_t *where, const struct lc_self *caller, unsigned deadline_ms)
{
    run->suppressions = NULL;
    if (caller)
        scan.self = *caller;
    else
        lc_self_interrupted(&scan.self, where);
    scan.is_last = false;
    stop(&(struct stop){run, deadline_ms});
}

void lc_check_look(struct lc_finish *run, pid_t process, pid_t thread)
{
    lc_tasks_of(process);
    if (!run->scan && run->options.leak_check != LC_CHECK_NO && lc_world_look(&scan.world, thread) == 0)
        run->scan = &scan;
}

struct check {
    struct lc_finish *run;
    struct lc_leak_totals *totals;
    enum lc_end_kind kind;
    int rc;
    bool has_errors;
};

static void count(void *argument)
{
    struct check *c = argument;
    c->rc = c->run->scan ? lc_leaks_count(&c->run->options, c->run->scan, lc_finish_rules(c->run), c->totals) : -ENOSYS;
}

static void report(void *argument)
{
    struct check *c = argument;
    c->has_errors = lc_finish(c->run, c->kind, 0);
}

static void run_on_stack(void (*function)(void *), struct check *c)
{
    int rc = lc_check_on_stack(function, c);
    c->rc = rc ? rc : c->rc;
}

int lc_check_count(struct lc_finish *run, struct lc_leak_totals *out)
{
    struct check c = {.run = run, .totals = out};
    lc_check_enter();
    lc_check_stop(run, NULL);
    run_on_stack(count, &c);
    if (c.rc == -ENOMEM && run->scan)
        lc_world_resume(&run->scan->world);
    lc_check_leave();
    return c.rc;
}

static unsigned kinds_in(const struct lc_leak_totals *t)
{
    unsigned kinds = 0;
    for (unsigned kind = 0; kind < LC_LEAK_KIND_COUNT; kind++)
        if (t->blocks[kind])
            kinds |= lc_leak_kind_bits((enum lc_leak_kind)kind);
    return kinds;
}

bool lc_check_report(struct lc_finish *run, enum lc_end_kind kind)
{
    struct check c = {.run = run, .kind = kind};
    lc_check_enter();
    lc_check_stop(run, NULL);
    run_on_stack(report, &c);
    lc_check_leave();
    return c.has_errors;
}

/* A report takes memory that is not given back: it is made only when there is something in it. */
bool lc_check_now(struct lc_finish *run)
{
    struct lc_leak_totals totals;
    if (lc_check_count(run, &totals) < 0 ||
        !(kinds_in(&totals) & (run->options.show_leak_kinds | run->options.errors_for_leak_kinds)))
        return false;
    return lc_check_report(run, LC_END_RUNNING);
}
