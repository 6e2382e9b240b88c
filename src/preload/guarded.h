/* A function that may fail in any way: it faults, or does not come back. */
#ifndef LC_PRELOAD_GUARDED_H
#define LC_PRELOAD_GUARDED_H

#include "base/compiler.h"

#include <signal.h>

struct lc_guarded {
    bool is_left; /* before it had come to its end, */
    int signal;   /* because it faulted by this one; 0: it took too long */
    uintptr_t pc; /* how far it had come */
};

/* Calls `function` on the stack that ends at `top`, for at most `limit_s` seconds (0: as long as it takes). False, and
 * `*how`, when it was left. By the signals that the program leaves at their default (fatal.h), and so not always. One at a time
 * in a process, with all signals blocked. */
bool lc_guarded(void (*function)(void *), void *argument, char *top, unsigned limit_s, struct lc_guarded *how);

/* In the handler of a signal: true when it was meant for lc_guarded, which returns as soon as the handler does. */
bool lc_guarded_take(int signal, const siginfo_t *info, void *context);

#endif
