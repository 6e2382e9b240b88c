#include "record/thread.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *attach(void *thread_pointer)
{
    if (thread_pointer)
        *(uintptr_t *)thread_pointer = (uintptr_t)__builtin_thread_pointer();
    return lc_thread_self();
}

/* Its state, after it has ended. */
static struct lc_thread *run_one(uintptr_t *thread_pointer)
{
    pthread_t id;
    void *state;
    pthread_create(&id, NULL, attach, thread_pointer);
    pthread_join(id, &state);
    return state;
}

static void init(void)
{
    cr_assert(eq(int, lc_thread_init(), 0));
}

TestSuite(thread, .init = init);

Test(thread, the_calling_thread_keeps_its_state)
{
    struct lc_thread *t = lc_thread_self();
    cr_assert(ne(ptr, t, NULL));
    cr_assert(eq(ptr, lc_thread_self(), t));
    cr_assert(eq(int, t->tid, gettid()));
    cr_assert(eq(uptr, t->thread_pointer, (uintptr_t)__builtin_thread_pointer()));
}

Test(thread, another_one_has_its_own)
{
    struct lc_thread *t = lc_thread_self(), *other = run_one(NULL);
    cr_assert(ne(ptr, other, t));
    cr_assert(eq(ptr, lc_thread_first(), other));
    cr_assert(eq(ptr, other->next, t));
    cr_assert(eq(ptr, t->next, NULL));
}

Test(thread, an_ended_ones_state_goes_to_the_next_at_its_place)
{
    uintptr_t place, next_place;
    struct lc_thread *ended = run_one(&place);
    pid_t tid = ended->tid;
    ended->counters.allocations = 5;
    ended->busy = ended->nesting = ended->nested_count = 2; /* it ended inside a door */
    ended->released = 0x1000;
    struct lc_thread *next = run_one(&next_place);
    cr_assert(eq(uptr, next_place, place)); /* glibc keeps the stack */
    cr_assert(eq(ptr, next, ended));
    cr_assert(ne(int, next->tid, tid));
    cr_assert(eq(u64, next->counters.allocations, 5));
    cr_assert(eq(uint, next->busy + next->nesting + next->nested_count, 0));
    cr_assert(eq(uptr, next->released, 0));
}

Test(thread, there_are_two_recorders_and_no_third)
{
    struct lc_thread *t = lc_thread_self();
    struct lc_recorder *first = lc_thread_borrow(t), *second = lc_thread_borrow(t);
    cr_assert(ne(ptr, first, NULL));
    cr_assert(ne(ptr, second, NULL));
    cr_assert(ne(ptr, second, first));
    cr_assert(eq(ptr, lc_thread_borrow(t), NULL));
    lc_thread_return(t);
    cr_assert(eq(ptr, lc_thread_borrow(t), second));
}

Test(thread, totals_are_the_sum_of_all)
{
    struct lc_thread *one = lc_thread_self(), *other = run_one(NULL);
    one->counters = (struct lc_counters){1, 2, 3, 6, 7, 8};
    other->counters = (struct lc_counters){10, 20, 30, 60, 70, 80};
    struct lc_counters sum = lc_thread_totals();
    cr_assert(eq(u64, sum.allocations, 11));
    cr_assert(eq(u64, sum.frees, 22));
    cr_assert(eq(u64, sum.bytes, 33));
    cr_assert(eq(u64, sum.dropped, 66));
    cr_assert(eq(u64, sum.unknown_frees, 77));
    cr_assert(eq(u64, sum.truncated_stacks, 88));
}

Test(thread, the_peak_of_one_thread_is_exact)
{
    struct lc_thread *t = lc_thread_self();
    static const int64_t steps[] = {100, -50, 40, 1 << 20, 60000, -300000, 30, 70000, -30, -70000, 1 << 19};
    int64_t live = 0, peak = 0;
    for (size_t i = 0; i < LC_ARRAY_LEN(steps); i++) {
        lc_thread_count_live(t, steps[i]);
        live += steps[i];
        peak = live > peak ? live : peak;
        cr_assert(eq(u64, lc_thread_peak_bytes(), (uint64_t)peak), "step %zu", i);
        cr_assert(eq(u64, lc_thread_live_bytes(), (uint64_t)live));
    }
}

/* The second half of the memory is counted while the first is live. */
static void *count_half(void *unused)
{
    lc_thread_count_live(lc_thread_self(), 1 << 20);
    return unused;
}

Test(thread, the_peak_is_that_of_all_threads_together)
{
    pthread_t id;
    count_half(NULL);
    pthread_create(&id, NULL, count_half, NULL);
    pthread_join(id, NULL);
    lc_thread_count_live(lc_thread_self(), -(1 << 20));
    cr_assert(eq(u64, lc_thread_peak_bytes(), 2 << 20));
}

Test(thread, a_forks_child_has_its_own_id)
{
    struct lc_thread *t = lc_thread_self();
    pid_t child = fork();
    if (child == 0) {
        lc_thread_after_fork();
        _exit(lc_thread_self() == t && t->tid == gettid());
    }
    int status = 0;
    waitpid(child, &status, 0);
    cr_assert(eq(int, WEXITSTATUS(status), 1));
}
