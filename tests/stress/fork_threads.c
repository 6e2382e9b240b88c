/* A program forks again and again while its threads record: each child can record, too, and finds nothing of
 * ours half-done. */
#include "record/fork.h"
#include "record/heap.h"
#include "record/thread.h"
#include "record/track.h"

#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4, FORKS = 100, CHILDS_EVENTS = 1000, CHILDS_SECONDS = 20 };

static bool is_over;

/* New stacks, new sites, blocks and mappings, of which no other thread has any. */
static void record(uintptr_t self, uintptr_t i)
{
    uintptr_t base = (self + 1) << 32;
    struct lc_context caller = LC_CALLER();
    caller.pc = base + i;
    void *block = (void *)(base + i % 5000 * 64);
    struct lc_range map = {base + i % 100 * 4096, base + (i % 100 + 3) * 4096};
    lc_track_alloc(block, i % 777, LC_FN_MALLOC, &caller);
    lc_track_map(map, LC_FN_MMAP, &caller);
    if (i % 3)
        lc_track_free(block, LC_FN_FREE, &caller);
    if (i % 2)
        lc_track_unmap((struct lc_range){map.start + 4096, map.end});
}

static void *record_on(void *self)
{
    for (uintptr_t i = 0; !__atomic_load_n(&is_over, __ATOMIC_RELAXED); i++)
        record((uintptr_t)self, i % 20000);
    return NULL;
}

static int child(void)
{
    lc_fork_child();
    alarm(CHILDS_SECONDS);
    uint64_t before = lc_thread_totals().allocations;
    for (uintptr_t i = 0; i < CHILDS_EVENTS; i++)
        record(THREADS, i);
    struct lc_counters n = lc_thread_totals();
    return n.allocations != before + CHILDS_EVENTS || n.dropped || !lc_mappings_is_valid();
}

static bool fork_once(void)
{
    int status = -1;
    lc_fork_prepare();
    pid_t pid = fork();
    if (pid == 0)
        _exit(child());
    lc_fork_parent();
    return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void)
{
    const struct lc_track_settings settings = {.granule = 32};
    if (lc_track_init(&settings) != 0)
        return 1;
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, record_on, (void *)i);
    unsigned wrong = 0;
    for (int i = 0; i < FORKS; i++)
        wrong += !fork_once();
    __atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    bool is_valid = lc_mappings_is_valid();
    printf("%u of %d children are wrong; the mappings are %s\n", wrong, FORKS, is_valid ? "valid" : "not");
    return wrong || !is_valid || lc_thread_totals().dropped;
}
