#include "record/fork.h"

#include "base/arena.h"
#include "record/heap.h"
#include "record/mappings.h"
#include "record/thread.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct lc_mapping mapping = {{0x1000, 0x2000}, 1, LC_FN_MMAP};

static bool is_free(const struct lc_lock *l)
{
    return __atomic_load_n(&l->word, __ATOMIC_SEQ_CST) == 0;
}

static bool are_free(void)
{
    return is_free(&lc_thread_lock) && is_free(&lc_heap_lock) &&
           is_free(&lc_mappings_lock) && is_free(&lc_pool_lock) && is_free(&lc_pages_lock);
}

static void init(void)
{
    cr_assert(eq(int, lc_thread_init(), 0));
}

TestSuite(fork, .init = init);

Test(fork, every_lock_is_held_between_prepare_and_parent)
{
    lc_fork_prepare();
    cr_assert(not(is_free(&lc_thread_lock)));
    cr_assert(not(is_free(&lc_mappings_lock)));
    cr_assert(not(is_free(&lc_pages_lock)));
    lc_fork_parent();
    cr_assert(are_free());
}

Test(fork, the_signal_mask_is_what_it_was)
{
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    lc_fork_prepare();
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    cr_assert(eq(int, sigismember(&mask, SIGUSR1), 1)); /* all wait meanwhile */
    lc_fork_parent();
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    cr_assert(eq(int, sigismember(&mask, SIGUSR1), 0));
    cr_assert(eq(int, sigismember(&mask, SIGUSR2), 1));
}

static void *hold(void *held)
{
    uint64_t signals;
    lc_lock_acquire(&lc_mappings_lock, &signals);
    lc_lock_acquire(&lc_pool_lock, &signals);
    __atomic_store_n((bool *)held, true, __ATOMIC_SEQ_CST);
    for (;;)
        pause();
    return NULL;
}

/* The exit status of a child that `check` passes in: 0, or -1 when it hangs. */
static int fork_and(void (*after_fork)(void))
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        alarm(5);
        after_fork();
        _exit(!(lc_mappings_add(mapping) && lc_pool_alloc(100) && are_free()));
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Test(fork, a_prepared_child_can_record)
{
    lc_fork_prepare();
    cr_assert(eq(int, fork_and(lc_fork_child), 0));
    lc_fork_parent();
}

Test(fork, an_unprepared_child_can_record_though_a_thread_was_recording, .timeout = 20)
{
    static bool held;
    pthread_t thread;
    pthread_create(&thread, NULL, hold, &held);
    while (!__atomic_load_n(&held, __ATOMIC_SEQ_CST))
        usleep(100);
    cr_assert(eq(int, fork_and(lc_fork_unprepared_child), 0));
}
