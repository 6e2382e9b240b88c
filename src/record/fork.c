#include "record/fork.h"

#include "base/arena.h"
#include "record/errors.h"
#include "record/heap.h"
#include "record/mappings.h"
#include "record/modules.h"
#include "record/thread.h"

/* The lock order: who holds one may take those after it. */
static struct lc_lock *const locks[] = {
    &lc_thread_lock, &lc_modules_lock, &lc_heap_lock, &lc_mappings_lock, &lc_errors_lock, &lc_pool_lock, &lc_pages_lock,
};

static uint64_t signals[LC_ARRAY_LEN(locks)];

void lc_fork_prepare(void)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(locks); i++) {
        uint64_t before; /* not into `signals` at once: until we hold the first lock it is another thread's */
        lc_lock_acquire(locks[i], &before);
        signals[i] = before;
    }
}

void lc_fork_parent(void)
{
    for (size_t i = LC_ARRAY_LEN(locks); i-- > 0;) {
        uint64_t before = signals[i];
        lc_lock_release(locks[i], &before);
    }
}

void lc_fork_child(void)
{
    lc_fork_parent();
    lc_thread_after_fork();
}

void lc_fork_unprepared_child(void)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(locks); i++)
        lc_lock_reset(locks[i]);
    lc_thread_after_fork();
}
