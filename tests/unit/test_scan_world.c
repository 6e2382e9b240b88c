#include "scan/self.h"
#include "scan/tasks.h"
#include "scan/world.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static struct lc_world w;
static volatile unsigned long turns;
static volatile pid_t tid;

static void *spin(void *unused)
{
    char here;
    tid = gettid();
    for (;;)
        turns += &here != unused;
    return NULL;
}

static void *block(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    tid = gettid();
    for (;;)
        pause();
    return unused;
}

static void start(void *(*function)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, function, NULL);
    while (!tid || (function == spin && !turns) || (function == block && !lc_tasks_sp(tid)))
        usleep(1000);
}

static const struct lc_world_thread *thread(void)
{
    for (size_t i = 0; i < w.count; i++)
        if (w.threads[i].tid == tid)
            return &w.threads[i];
    cr_fatal("the thread is not there");
    return NULL;
}

Test(scan_world, a_thread_stands_still_until_it_is_resumed)
{
    start(spin);
    cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
    cr_assert(eq(u32, thread()->state, LC_THREAD_STOPPED));
    cr_assert(ne(uptr, thread()->sp, 0));
    cr_assert(ne(uptr, thread()->pointer, 0));
    unsigned long before = turns;
    usleep(20000);
    cr_assert(eq(ulong, turns, before));
    lc_world_resume(&w);
    while (turns == before)
        usleep(1000);
}

Test(scan_world, the_signal_is_the_programs_again_afterwards)
{
    struct sigaction before, after;
    start(spin);
    sigaction(SIGURG, NULL, &before);
    for (int i = 0; i < 100; i++) {
        cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
        lc_world_resume(&w);
    }
    sigaction(SIGURG, NULL, &after);
    cr_assert(eq(ptr, (void *)(uintptr_t)after.sa_handler, (void *)(uintptr_t)before.sa_handler));
}

Test(scan_world, a_handler_of_the_programs_is_left_alone)
{
    struct sigaction now;
    signal(SIGURG, SIG_IGN);
    start(spin);
    cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
    sigaction(SIGURG, NULL, &now);
    cr_assert(eq(ptr, (void *)(uintptr_t)now.sa_handler, (void *)(uintptr_t)SIG_IGN));
    cr_assert(eq(u32, thread()->state, LC_THREAD_STOPPED));
    lc_world_resume(&w);
}

static void do_nothing(const siginfo_t *info, const ucontext_t *context)
{
    (void)info, (void)context;
}

Test(scan_world, a_signal_that_was_ours_is_taken_again_when_the_program_has_put_its_default_back)
{
    cr_assert(eq(int, lc_world_settle(SIGURG, do_nothing), 0));
    signal(SIGURG, SIG_DFL);
    start(spin);
    cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
    cr_assert(eq(u32, thread()->state, LC_THREAD_STOPPED));
    lc_world_resume(&w);
}

Test(scan_world, a_thread_that_blocks_signals_gets_none_and_its_stack_is_known_while_it_waits)
{
    sigset_t pending;
    start(block);
    cr_assert(eq(int, lc_tasks_state(tid, SIGURG), LC_TASK_BLOCKS));
    cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
    cr_assert(eq(u32, thread()->state, LC_THREAD_WAITS));
    cr_assert(ne(uptr, thread()->sp, 0));
    cr_assert(ge(sz, lc_world_unstopped(&w), 1));
    lc_world_resume(&w);
    sigpending(&pending);
    cr_assert(eq(int, sigismember(&pending, SIGURG), 0));
}

static void __attribute__((noinline)) inner(struct lc_self *self, const struct lc_range *passed)
{
    lc_self_find(self, passed, 1);
    __asm__ volatile("" ::: "memory");
}

static void __attribute__((noinline)) outer(struct lc_self *self, const struct lc_range *passed)
{
    inner(self, passed);
    __asm__ volatile("" ::: "memory");
}

Test(scan_world, the_frames_that_are_passed_are_not_looked_at)
{
    struct lc_self none, some;
    const struct lc_range nothing = {0}, code = {(uintptr_t)inner, (uintptr_t)inner + 64};
    outer(&none, &nothing);
    outer(&some, &code);
    cr_assert(le(uptr, none.sp, some.sp));
    cr_assert(some.known >> 3 & 1); /* rbx */
    cr_assert(eq(uptr, some.pointer, (uintptr_t)__builtin_thread_pointer()));
}
