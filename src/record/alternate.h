/* Signal stacks (sigaltstack(2)): a handler that is to tell of a stack overflow needs another one. A thread that has none
 * gets one of ours, which is never touched until it is needed. */
#ifndef LC_RECORD_ALTERNATE_H
#define LC_RECORD_ALTERNATE_H

#include "base/compiler.h"

#include <signal.h>

struct lc_thread;

/* From now on threads get one as soon as they are seen; the caller does at once. Once. */
void lc_alternate_begin(void);

/* For the calling thread, whose state `t` is, unless it has one. */
void lc_alternate_give(struct lc_thread *t);

/* So, when it has given up its own. */
void lc_alternate_give_again(void);

/* Whether `s` is the one that we have given the calling thread. */
bool lc_alternate_is_ours(const stack_t *s);

#endif
