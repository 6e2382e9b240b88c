/* The doors of what sets a signal's action. They show the program what it has set, whatever lies under its defaults
 * (fatal.h), and do all of libc's functions by sigaction, as libc does (signal(3), sysv_signal(3), sigset(3), siginterrupt(3)). */
#include "base/action.h"
#include "preload/fatal.h"
#include "preload/real.h"
#include "scan/world.h"

#include <errno.h>
#include <string.h>

/* Before the constructor, when nothing is known of libc's. */
static int act_early(int signal, const struct sigaction *new, struct sigaction *old)
{
    struct lc_action to, from;
    if (new) {
        to = (struct lc_action){(uintptr_t)new->sa_handler, (unsigned)new->sa_flags | LC_ACTION_HAS_RESTORER, lc_action_return, 0};
        memcpy(&to.mask, &new->sa_mask, sizeof to.mask);
    }
    int rc = lc_action_set(signal, new ? &to : NULL, old ? &from : NULL);
    if (rc < 0) {
        errno = -rc;
        return -1;
    }
    if (old) {
        old->sa_handler = (sighandler_t)from.handler;
        old->sa_flags = (int)from.flags;
        old->sa_restorer = from.restorer;
        memcpy(&old->sa_mask, &from.mask, sizeof from.mask);
    }
    return 0;
}

static int act(int signal, const struct sigaction *new, struct sigaction *old)
{
    struct sigaction to;
    if (new) {
        to = *new;
        lc_fatal_cover(signal, &to);
        lc_world_cover(signal, &to);
    }
    int rc = (lc_real.sigaction ? lc_real.sigaction : act_early)(signal, new ? &to : NULL, old);
    if (rc == 0 && old) {
        lc_fatal_uncover(old);
        lc_world_uncover(old);
    }
    return rc;
}

int __sigaction(int signal, const struct sigaction *new, struct sigaction *old);
sighandler_t bsd_signal(int signal, sighandler_t handler);

LC_EXPORT int sigaction(int signal, const struct sigaction *new, struct sigaction *old)
{
    return act(signal, new, old);
}

LC_EXPORT int __sigaction(int signal, const struct sigaction *new, struct sigaction *old)
{
    return act(signal, new, old);
}

static bool is_signal(int signal)
{
    return signal > 0 && signal < NSIG;
}

static sighandler_t set_handler(int signal, sighandler_t handler, unsigned flags, bool masks_itself)
{
    struct sigaction new = {.sa_handler = handler, .sa_flags = (int)flags}, old;
    if (handler == SIG_ERR || !is_signal(signal)) {
        errno = EINVAL;
        return SIG_ERR;
    }
    if (masks_itself)
        sigaddset(&new.sa_mask, signal);
    return act(signal, &new, &old) < 0 ? SIG_ERR : old.sa_handler;
}

static uint64_t interrupting; /* atomic: of siginterrupt */

static bool interrupts(int signal)
{
    return __atomic_load_n(&interrupting, __ATOMIC_RELAXED) & LC_SIGNAL(signal);
}

static sighandler_t set_bsd(int signal, sighandler_t handler)
{
    return set_handler(signal, handler, is_signal(signal) && interrupts(signal) ? 0 : SA_RESTART, true);
}

LC_EXPORT sighandler_t signal(int signal, sighandler_t handler)
{
    return set_bsd(signal, handler);
}

LC_EXPORT sighandler_t bsd_signal(int signal, sighandler_t handler)
{
    return set_bsd(signal, handler);
}

LC_EXPORT sighandler_t ssignal(int signal, sighandler_t handler)
{
    return set_bsd(signal, handler);
}

#define SYSTEM_V (SA_RESETHAND | SA_NODEFER | SA_INTERRUPT)

LC_EXPORT sighandler_t sysv_signal(int signal, sighandler_t handler)
{
    return set_handler(signal, handler, SYSTEM_V, false);
}

LC_EXPORT sighandler_t __sysv_signal(int signal, sighandler_t handler)
{
    return set_handler(signal, handler, SYSTEM_V, false);
}

LC_EXPORT int siginterrupt(int signal, int flag)
{
    struct sigaction now;
    if (act(signal, NULL, &now) < 0)
        return -1;
    if (flag)
        __atomic_fetch_or(&interrupting, LC_SIGNAL(signal), __ATOMIC_RELAXED);
    else
        __atomic_fetch_and(&interrupting, ~LC_SIGNAL(signal), __ATOMIC_RELAXED);
    now.sa_flags = flag ? now.sa_flags & ~SA_RESTART : now.sa_flags | SA_RESTART;
    return act(signal, &now, NULL);
}

LC_EXPORT int sigignore(int signal)
{
    const struct sigaction ignore = {.sa_handler = SIG_IGN};
    return act(signal, &ignore, NULL);
}

/* The handler, or that the signal is blocked. */
static sighandler_t hold(int signal, const sigset_t *set)
{
    struct sigaction now;
    sigset_t before;
    if (sigprocmask(SIG_BLOCK, set, &before) < 0)
        return SIG_ERR;
    if (sigismember(&before, signal))
        return SIG_HOLD;
    return act(signal, NULL, &now) < 0 ? SIG_ERR : now.sa_handler;
}

LC_EXPORT sighandler_t sigset(int signal, sighandler_t handler)
{
    sigset_t set, before;
    if (handler == SIG_ERR || !is_signal(signal)) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sigemptyset(&set);
    if (sigaddset(&set, signal) < 0)
        return SIG_ERR;
    if (handler == SIG_HOLD)
        return hold(signal, &set);
    sighandler_t old = set_handler(signal, handler, 0, false);
    if (old == SIG_ERR || sigprocmask(SIG_UNBLOCK, &set, &before) < 0)
        return SIG_ERR;
    return sigismember(&before, signal) ? SIG_HOLD : old;
}

/* 4.2BSD's, which only old programs can still be linked with. */
struct sigvec {
    sighandler_t handler;
    int mask, flags;
};
enum { SV_ONSTACK = 1, SV_INTERRUPT = 2, SV_RESETHAND = 4 };
int sigvec(int signal, const struct sigvec *new, struct sigvec *old);

static void from_vector(struct sigaction *a, const struct sigvec *v)
{
    unsigned flags = v->flags & SV_ONSTACK ? SA_ONSTACK : 0;
    flags |= v->flags & SV_INTERRUPT ? 0 : SA_RESTART;
    flags |= v->flags & SV_RESETHAND ? SA_RESETHAND : 0;
    *a = (struct sigaction){.sa_handler = v->handler, .sa_flags = (int)flags};
    const unsigned long mask = (unsigned)v->mask;
    memcpy(&a->sa_mask, &mask, sizeof mask);
}

static void to_vector(struct sigvec *v, const struct sigaction *a)
{
    memcpy(&v->mask, &a->sa_mask, sizeof v->mask);
    v->handler = a->sa_handler;
    v->flags = (a->sa_flags & SA_ONSTACK ? SV_ONSTACK : 0) | (a->sa_flags & SA_RESTART ? 0 : SV_INTERRUPT) |
               ((unsigned)a->sa_flags & SA_RESETHAND ? SV_RESETHAND : 0);
}

LC_EXPORT int sigvec(int signal, const struct sigvec *new, struct sigvec *old)
{
    struct sigaction to, from;
    if (new)
        from_vector(&to, new);
    int rc = act(signal, new ? &to : NULL, old ? &from : NULL);
    if (rc == 0 && old)
        to_vector(old, &from);
    return rc;
}
