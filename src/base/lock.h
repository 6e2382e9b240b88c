/* A lock for what is off the hot path. Signals stay blocked while it is held, so that a handler that
 * allocates can't meet its own thread's lock. Never held across a call into the host. */
#ifndef LC_BASE_LOCK_H
#define LC_BASE_LOCK_H

#include "base/compiler.h"

struct lc_lock {
    uint32_t word; /* 0 free, 1 held, 2 held with sleepers */
};

void lc_lock_acquire(struct lc_lock *l, uint64_t *signals);
void lc_lock_release(struct lc_lock *l, const uint64_t *signals);
/* In the child of a fork, whose parent had them: nobody here holds or waits for it. */
void lc_lock_reset(struct lc_lock *l);

#endif
