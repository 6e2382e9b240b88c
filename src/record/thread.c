#include "record/thread.h"

#include "base/sys.h"
#include "record/hash_table.h"

/* So many live bytes a thread keeps to itself before it adds them to the shared sum. */
#define FLUSH_BYTES ((int64_t)64 << 10)

LC_THREAD_LOCAL struct lc_thread *lc_thread_current;

struct place {
    uintptr_t thread_pointer;
    struct lc_thread *thread;
    UT_hash_handle hh;
};

struct lc_lock lc_thread_lock;

static struct {
    struct place *by_thread_pointer;
    struct lc_thread *first; /* atomic */
    int64_t live_bytes;      /* atomic: what the threads have flushed */
    int64_t peak_bytes;      /* atomic */
} threads;

static struct lc_recorder *make_recorder(void)
{
    struct lc_recorder *r = lc_pages_map(sizeof *r, "threads");
    if (r && !(r->unwinder = lc_pages_map(lc_unwinder_size(), "threads")))
        return NULL;
    return r;
}

static struct lc_thread *make_thread(uintptr_t thread_pointer)
{
    struct lc_thread *t = lc_pages_map(sizeof *t, "threads");
    struct place *place = lc_pool_alloc(sizeof *place);
    if (!t || !place || !(t->recorders[0] = make_recorder()))
        return NULL;
    t->thread_pointer = place->thread_pointer = thread_pointer;
    place->thread = t;
    HASH_ADD(hh, threads.by_thread_pointer, thread_pointer, sizeof thread_pointer, place);
    t->next = threads.first;
    __atomic_store_n(&threads.first, t, __ATOMIC_RELEASE);
    return t;
}

/* The thread that had it ended, perhaps inside a door. */
static void take_over(struct lc_thread *t)
{
    t->busy = 0;
    t->nesting = 0;
    t->nested_count = 0;
    t->released = 0;
}

LC_COLD struct lc_thread *lc_thread_attach(void)
{
    uintptr_t thread_pointer = (uintptr_t)__builtin_thread_pointer();
    uint64_t signals;
    lc_lock_acquire(&lc_thread_lock, &signals);
    struct place *place;
    HASH_FIND(hh, threads.by_thread_pointer, &thread_pointer, sizeof thread_pointer, place);
    struct lc_thread *t = place ? place->thread : make_thread(thread_pointer);
    if (t) {
        take_over(t);
        t->tid = lc_sys_gettid();
        lc_thread_current = t;
    }
    lc_lock_release(&lc_thread_lock, &signals);
    return t;
}

struct lc_recorder *lc_thread_borrow(struct lc_thread *t)
{
    if (LC_UNLIKELY(t->busy >= LC_RECORDERS))
        return NULL;
    struct lc_recorder **r = &t->recorders[t->busy++];
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (LC_UNLIKELY(!*r) && !(*r = make_recorder()))
        t->busy--;
    return *r;
}

void lc_thread_return(struct lc_thread *t)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    t->busy--;
}

static void raise_peak(int64_t candidate)
{
    int64_t peak = __atomic_load_n(&threads.peak_bytes, __ATOMIC_RELAXED);
    while (candidate > peak && !__atomic_compare_exchange_n(&threads.peak_bytes, &peak, candidate, true,
                                                            __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

static void flush(struct lc_thread *t)
{
    int64_t before = __atomic_fetch_add(&threads.live_bytes, t->unflushed_bytes, __ATOMIC_RELAXED);
    raise_peak(before + t->unflushed_peak);
    t->unflushed_bytes = 0;
    t->unflushed_peak = 0;
}

void lc_thread_count_live(struct lc_thread *t, int64_t bytes)
{
    t->counters.live_bytes += bytes;
    t->unflushed_bytes += bytes;
    if (t->unflushed_bytes > t->unflushed_peak)
        t->unflushed_peak = t->unflushed_bytes;
    if (LC_UNLIKELY(t->unflushed_bytes > FLUSH_BYTES || t->unflushed_bytes < -FLUSH_BYTES))
        flush(t);
}

struct lc_thread *lc_thread_first(void)
{
    return __atomic_load_n(&threads.first, __ATOMIC_ACQUIRE);
}

struct lc_counters lc_thread_totals(void)
{
    struct lc_counters sum = {0};
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next) {
        sum.allocations += t->counters.allocations;
        sum.frees += t->counters.frees;
        sum.bytes += t->counters.bytes;
        sum.live_bytes += t->counters.live_bytes;
        sum.live_blocks += t->counters.live_blocks;
        sum.dropped += t->counters.dropped;
        sum.unknown_frees += t->counters.unknown_frees;
        sum.truncated_stacks += t->counters.truncated_stacks;
    }
    return sum;
}

uint64_t lc_thread_peak_bytes(void)
{
    int64_t peak = __atomic_load_n(&threads.peak_bytes, __ATOMIC_RELAXED);
    int64_t flushed = __atomic_load_n(&threads.live_bytes, __ATOMIC_RELAXED);
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next)
        if (flushed + t->unflushed_peak > peak)
            peak = flushed + t->unflushed_peak;
    return (uint64_t)peak;
}

void lc_thread_after_fork(void)
{
    if (lc_thread_current)
        lc_thread_current->tid = lc_sys_gettid();
}
