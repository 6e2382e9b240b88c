/* A check of the process as it is: the other threads are stopped for it. At the end, or whenever the program asks. */
#ifndef LC_PRELOAD_CHECK_H
#define LC_PRELOAD_CHECK_H

#include "report/finish.h"
#include "report/leaks.h"

#include <ucontext.h>

/* One check at a time: waits until no other thread is at one. Signals are not blocked meanwhile: who waits can be
 * stopped. False when this thread is at one itself (it aborts in the middle of it). */
bool lc_check_enter(void);
/* The same, but does not wait: false when anybody is at one. */
bool lc_check_try_enter(void);
void lc_check_leave(void);
/* In the child of a fork. */
void lc_check_after_fork(void);

/* Inside: calls `function` on a stack of ours: the program may come from a small one. 0 or -ENOMEM. */
int lc_check_on_stack(void (*function)(void *), void *argument);

/* Inside: asks the program for its suppressions, stops the other threads, and finds where the program stands; for run->scan,
 * which is NULL when that is not possible or not wanted. On the program's stack; or wherever a
 * handler stands, with what it has interrupted. */
void lc_check_stop(struct lc_finish *run, const ucontext_t *interrupted);
/* The same in a handler after which the program goes on, on our stack: nothing is asked of the program, and other threads have
 * `deadline_ms`. */
void lc_check_stop_at(struct lc_finish *run, const ucontext_t *where, const struct lc_self *caller, unsigned deadline_ms);
/* Where the program has called us, for `caller`; NULL: where the signal came. */
void lc_check_find_caller(struct lc_self *self);

/* After it, in the keeper, for the program, whose thread `thread` waits: where that could not stop the others, they are
 * looked at as they go. */
void lc_check_look(struct lc_finish *run, pid_t process, pid_t thread);

/* Reports what there is so far, if there is anything; the program goes on. Whether there is something to fail
 * for. */
bool lc_check_now(struct lc_finish *run);
/* Reports in any case, on a process that ends so, or goes on. */
bool lc_check_report(struct lc_finish *run, enum lc_end_kind kind);
/* Counts. 0 or -errno. */
int lc_check_count(struct lc_finish *run, struct lc_leak_totals *out);

#endif
