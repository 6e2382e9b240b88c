#include "base/lock.h"

#include "base/sys.h"

void lc_lock_acquire(struct lc_lock *l, uint64_t *signals)
{
    lc_sys_signals_block(signals);
    uint32_t seen = 0;
    if (__atomic_compare_exchange_n(&l->word, &seen, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return;
    while (__atomic_exchange_n(&l->word, 2, __ATOMIC_ACQUIRE) != 0)
        lc_sys_futex_wait(&l->word, 2);
}

void lc_lock_release(struct lc_lock *l, const uint64_t *signals)
{
    if (__atomic_exchange_n(&l->word, 0, __ATOMIC_RELEASE) == 2)
        lc_sys_futex_wake(&l->word, 1);
    lc_sys_signals_restore(signals);
}

void lc_lock_reset(struct lc_lock *l)
{
    __atomic_store_n(&l->word, 0, __ATOMIC_RELAXED);
}
