#include "preload/sandbox.h"

#include "base/filter.h"
#include "base/sys.h"
#include "preload/end.h"
#include "preload/keeper.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#define FILTERS_MAX      16
#define INSTRUCTIONS_MAX 8192

static struct {
    struct sock_filter code[INSTRUCTIONS_MAX];
    size_t used;
    struct {
        const struct sock_filter *program;
        size_t len;
    } filters[FILTERS_MAX];
    size_t count; /* atomic: those below are complete */
    bool is_strict;
} sandbox;

/* What strict mode leaves (seccomp(2)), and what is assumed of a filter that is too long for us. */
static bool is_always_allowed(long number)
{
    return number == SYS_read || number == SYS_write || number == SYS_exit || number == SYS_rt_sigreturn;
}

static long answer(const struct lc_filter_call *call)
{
    uint32_t strictest = SECCOMP_RET_ALLOW;
    size_t count = __atomic_load_n(&sandbox.count, __ATOMIC_ACQUIRE);
    for (size_t i = 0; i < count; i++)
        strictest = lc_filter_stricter(strictest, lc_filter_run(sandbox.filters[i].program, sandbox.filters[i].len, call));
    switch (strictest & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
        return 0;
    case SECCOMP_RET_ERRNO:
        return -(long)(strictest & SECCOMP_RET_DATA ? strictest & SECCOMP_RET_DATA : EPERM);
    default:
        return -EPERM;
    }
}

/* As lc_sys_filter. */
static long filter(const struct lc_filter_call *call)
{
    if (call->number == SYS_exit_group || lc_keeper_is_here()) /* the former is what the program asks for */
        return 0;
    if (sandbox.is_strict && !is_always_allowed(call->number))
        return -EPERM;
    return answer(call);
}

bool lc_sandbox_is_on(void)
{
    return lc_sys_filter != NULL;
}

bool lc_sandbox_is_strict(void)
{
    return sandbox.is_strict;
}

/* While all is allowed. */
static void prepare(void)
{
    struct lc_finish *run = lc_end_run();
    if (run)
        lc_keeper_serve(run);
}

static void add(const struct sock_fprog *p)
{
    size_t count = sandbox.count;
    if (count == FILTERS_MAX || p->len > INSTRUCTIONS_MAX - sandbox.used) {
        sandbox.is_strict = true;
    } else {
        struct sock_filter *copy = sandbox.code + sandbox.used;
        memcpy(copy, p->filter, p->len * sizeof *copy);
        sandbox.filters[count].program = copy;
        sandbox.filters[count].len = p->len;
        sandbox.used += p->len;
        __atomic_store_n(&sandbox.count, count + 1, __ATOMIC_RELEASE);
    }
    lc_sys_filter = filter;
}

/* With a listener the answer is its descriptor; else what is above 0 is a thread that could not be bound, too (seccomp(2)). */
static long set_filter(long number, const long *a, const struct sock_fprog *p, bool has_listener)
{
    prepare();
    long rc = lc_sys_call_unasked(number, a[0], a[1], a[2], a[3], a[4], 0);
    if (rc == 0 || (rc > 0 && has_listener))
        add(p);
    return rc;
}

static long set_strict(long number, const long *a)
{
    prepare();
    long rc = lc_sys_call_unasked(number, a[0], a[1], a[2], a[3], a[4], 0);
    if (rc == 0) {
        sandbox.is_strict = true;
        lc_sys_filter = filter;
    }
    return rc;
}

long lc_sandbox_prctl(const long *a)
{
    if (a[0] == PR_SET_SECCOMP && a[1] == SECCOMP_MODE_STRICT)
        return set_strict(SYS_prctl, a);
    if (a[0] == PR_SET_SECCOMP && a[1] == SECCOMP_MODE_FILTER && a[2])
        return set_filter(SYS_prctl, a, (const struct sock_fprog *)a[2], false);
    return lc_sys_call_unasked(SYS_prctl, a[0], a[1], a[2], a[3], a[4], 0);
}

long lc_sandbox_seccomp(const long *a)
{
    if (a[0] == SECCOMP_SET_MODE_STRICT)
        return set_strict(SYS_seccomp, a);
    if (a[0] == SECCOMP_SET_MODE_FILTER && a[2])
        return set_filter(SYS_seccomp, a, (const struct sock_fprog *)a[2], a[1] & SECCOMP_FILTER_FLAG_NEW_LISTENER);
    return lc_sys_call_unasked(SYS_seccomp, a[0], a[1], a[2], 0, 0, 0);
}
