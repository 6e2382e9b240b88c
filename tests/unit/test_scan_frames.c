#include "scan/frames.h"
#include "scan/tasks.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static struct lc_world w;
static struct lc_frames frames;
static volatile pid_t tid;
static volatile uintptr_t outer_word, inner_word, outer_pc;

static __attribute__((noinline)) void inner(void)
{
    volatile int here = 0;
    inner_word = (uintptr_t)&here;
    outer_pc = (uintptr_t)__builtin_return_address(0);
    tid = gettid();
    for (;;)
        here++;
}

static __attribute__((noinline)) void outer(void)
{
    volatile int here = 0;
    outer_word = (uintptr_t)&here;
    inner();
    here++;
}

static void *spin(void *unused)
{
    outer();
    return unused;
}

static void *block(void *unused)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    outer_word = (uintptr_t)&all;
    tid = gettid();
    for (;;)
        pause();
    return unused;
}

static void find(void *(*function)(void *))
{
    const struct lc_self nobody = {0};
    pthread_t thread;
    pthread_create(&thread, NULL, function, NULL);
    while (!tid || (function == block && !lc_tasks_sp(tid)))
        usleep(1000);
    cr_assert(eq(int, lc_world_stop(&w, 10000), 0));
    lc_frames_find(&frames, &nobody, &w);
}

Test(scan_frames, a_word_is_of_the_function_whose_frame_it_lies_in)
{
    find(spin);
    const struct lc_stack_frame *in = lc_frames_at(&frames, inner_word), *out = lc_frames_at(&frames, outer_word);
    cr_assert(in && in->is_exact && lc_range_has((struct lc_range){(uintptr_t)inner, (uintptr_t)inner + 100}, in->pc));
    cr_assert(out && !out->is_exact);
    cr_assert(eq(uptr, out->pc, outer_pc));
    cr_assert(lc_frames_at(&frames, (uintptr_t)&w) == NULL);
    lc_world_resume(&w);
}

Test(scan_frames, of_a_thread_that_could_not_be_stopped_nothing_is_said)
{
    find(block);
    cr_assert(lc_frames_at(&frames, outer_word) == NULL);
    lc_world_resume(&w);
}

Test(scan_frames, the_frames_of_the_thread_that_checks_begin_where_it_is_said_to_stand)
{
    const struct lc_range itself = {(uintptr_t)lc_self_find, (uintptr_t)lc_self_find + 1000};
    struct lc_self self;
    volatile int here = 0;
    lc_self_find(&self, &itself, 1);
    lc_frames_find(&frames, &self, &w);
    cr_assert(lc_frames_at(&frames, (uintptr_t)&here) == &frames.at[0]);
    cr_assert(eq(uptr, frames.at[0].range.start, self.sp));
    lc_frames_release(&frames);
    cr_assert(lc_frames_at(&frames, (uintptr_t)&here) == NULL);
}
