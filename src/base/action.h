/* What a signal does, as the kernel has it: rt_sigaction(2). libc's sigaction keeps two signals to itself, has another
 * layout, and may be interposed. Async-signal-safe. */
#ifndef LC_BASE_ACTION_H
#define LC_BASE_ACTION_H

#include "base/range.h"

#include <signal.h>

#define LC_ACTION_HAS_RESTORER 0x04000000ul /* SA_RESTORER of asm/signal.h: x86-64 wants it */

struct lc_action {
    uintptr_t handler; /* its address, or SIG_DFL's or SIG_IGN's */
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* What handlers return to: theirs, in .restorer. */
void lc_action_return(void);

/* Either may be NULL. 0 or -errno. */
int lc_action_set(int signal, const struct lc_action *new, struct lc_action *old);

/* Handlers that stand for SIG_DFL (preload/fatal.h); empty when there are none. */
extern struct lc_range lc_action_defaults;

static inline bool lc_action_is_default(const struct lc_action *a)
{
    return a->handler == (uintptr_t)SIG_DFL || lc_range_has(lc_action_defaults, a->handler);
}

/* In a mask. */
#define LC_SIGNAL(signal) ((uint64_t)1 << ((signal) - 1))

#endif
