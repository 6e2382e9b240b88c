#include "base/lock.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

enum { THREADS = 4, ROUNDS = 50000 };

static struct lc_lock lock;
static uint64_t sum; /* not atomic: the lock's business */

static void *add(void *unused)
{
    uint64_t signals;
    for (int i = 0; i < ROUNDS; i++) {
        lc_lock_acquire(&lock, &signals);
        sum++;
        lc_lock_release(&lock, &signals);
    }
    return unused;
}

Test(lock, one_holder_at_a_time)
{
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, add, NULL);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    cr_assert(eq(u64, sum, THREADS * ROUNDS));
    cr_assert(eq(u32, lock.word, 0));
}

static void *wait_for_it(void *got_it)
{
    uint64_t signals;
    lc_lock_acquire(&lock, &signals);
    __atomic_store_n((bool *)got_it, true, __ATOMIC_SEQ_CST);
    lc_lock_release(&lock, &signals);
    return NULL;
}

Test(lock, a_sleeper_is_woken_by_the_release)
{
    bool got_it = false;
    pthread_t sleeper;
    uint64_t signals;
    lc_lock_acquire(&lock, &signals);
    pthread_create(&sleeper, NULL, wait_for_it, &got_it);
    while (__atomic_load_n(&lock.word, __ATOMIC_SEQ_CST) != 2)
        usleep(100);
    cr_assert(not(__atomic_load_n(&got_it, __ATOMIC_SEQ_CST)));
    lc_lock_release(&lock, &signals);
    pthread_join(sleeper, NULL);
    cr_assert(got_it);
}

static volatile sig_atomic_t arrived;

static void on_signal(int signal)
{
    arrived = signal;
}

Test(lock, signals_wait_while_it_is_held)
{
    uint64_t signals;
    signal(SIGUSR1, on_signal);
    lc_lock_acquire(&lock, &signals);
    raise(SIGUSR1);
    cr_assert(eq(int, arrived, 0));
    lc_lock_release(&lock, &signals);
    cr_assert(eq(int, arrived, SIGUSR1));
}

Test(lock, what_was_blocked_before_stays_blocked)
{
    uint64_t signals;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    lc_lock_acquire(&lock, &signals);
    lc_lock_release(&lock, &signals);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    cr_assert(eq(int, sigismember(&mask, SIGUSR2), 1));
    cr_assert(eq(int, sigismember(&mask, SIGUSR1), 0));
}

Test(lock, a_reset_lock_is_free)
{
    uint64_t signals;
    lc_lock_acquire(&lock, &signals);
    lc_lock_reset(&lock);
    lc_lock_acquire(&lock, &signals); /* would hang */
    cr_assert(eq(u32, lock.word, 1));
}
