#include "record/thread.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/alternate.h"

#include <errno.h>

#define PLACES ((size_t)1 << LC_THREAD_PLACES_BITS)
#define DESCRIPTOR_BYTES 2048 /* of glibc's struct pthread, which its thread pointer leads to */

struct lc_thread_place *lc_thread_places;
size_t lc_thread_identity_offset;

struct lc_lock lc_thread_lock;

static struct {
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

/* glibc keeps the id that the kernel writes for set_tid_address(2) in the descriptor, behind its first fields. */
static size_t find_identity(uintptr_t thread_pointer)
{
    const pid_t tid = lc_sys_gettid();
    for (size_t offset = 64; offset < DESCRIPTOR_BYTES; offset += sizeof tid)
        if (*(const pid_t *)(thread_pointer + offset) == tid)
            return offset;
    return 0;
}

int lc_thread_init(void)
{
    lc_thread_identity_offset = find_identity((uintptr_t)__builtin_thread_pointer());
    lc_thread_places = lc_pages_map(PLACES * sizeof lc_thread_places[0], "threads");
    return lc_thread_places ? 0 : -ENOMEM;
}

/* The thread that had it ended, perhaps inside a door. */
static void take_over(struct lc_thread *t)
{
    t->busy = 0;
    t->nesting = 0;
    t->nested_count = 0;
    t->released = 0;
    t->disabled = 0;
    t->tid = lc_sys_gettid();
    t->identity = lc_thread_identity(t->thread_pointer);
    lc_alternate_give(t);
}

static struct lc_thread *make_thread(struct lc_thread_place *place, uintptr_t thread_pointer)
{
    struct lc_thread *t = lc_pages_map(sizeof *t, "threads");
    if (!t || !(t->recorders[0] = make_recorder()))
        return NULL;
    t->thread_pointer = thread_pointer;
    take_over(t);
    t->next = threads.first;
    __atomic_store_n(&threads.first, t, __ATOMIC_RELEASE);
    place->thread = t;
    return t;
}

/* The place of the thread, or a free one; NULL when all are taken. A thread whose place is not the first of its
 * hash comes here at each event: with 65,536 places for the threads of a process, there is hardly one. */
static struct lc_thread_place *find_place(uintptr_t thread_pointer)
{
    size_t first = lc_thread_place_of(thread_pointer);
    for (size_t i = 0; i < PLACES; i++) {
        struct lc_thread_place *p = &lc_thread_places[(first + i) % PLACES];
        if (p->thread_pointer == thread_pointer || p->thread_pointer == 0)
            return p;
    }
    return NULL;
}

LC_COLD struct lc_thread *lc_thread_attach(void)
{
    uintptr_t thread_pointer = (uintptr_t)__builtin_thread_pointer();
    uint64_t signals;
    lc_lock_acquire(&lc_thread_lock, &signals);
    struct lc_thread_place *place = find_place(thread_pointer);
    struct lc_thread *t = NULL;
    if (place)
        t = place->thread_pointer ? place->thread : make_thread(place, thread_pointer);
    if (t && t->identity != lc_thread_identity(thread_pointer))
        take_over(t);
    if (t)
        __atomic_store_n(&place->thread_pointer, thread_pointer, __ATOMIC_RELEASE);
    lc_lock_release(&lc_thread_lock, &signals);
    return t;
}

/* At the place that has been taken for it; which is given up when there is no memory. */
LC_COLD struct lc_recorder *lc_thread_make_recorder(struct lc_thread *t)
{
    struct lc_recorder *r = make_recorder();
    t->recorders[t->busy - 1] = r;
    t->busy -= !r;
    return r;
}

static void raise_peak(int64_t candidate)
{
    int64_t peak = __atomic_load_n(&threads.peak_bytes, __ATOMIC_RELAXED);
    while (candidate > peak && !__atomic_compare_exchange_n(&threads.peak_bytes, &peak, candidate, true,
                                                            __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

LC_COLD void lc_thread_flush(struct lc_thread *t)
{
    int64_t before = __atomic_fetch_add(&threads.live_bytes, t->unflushed_bytes, __ATOMIC_RELAXED);
    raise_peak(before + t->unflushed_peak);
    t->unflushed_bytes = 0;
    t->unflushed_peak = 0;
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
        sum.dropped += t->counters.dropped;
        sum.unknown_frees += t->counters.unknown_frees;
        sum.truncated_stacks += t->counters.truncated_stacks;
    }
    return sum;
}

uint64_t lc_thread_live_bytes(void)
{
    int64_t sum = __atomic_load_n(&threads.live_bytes, __ATOMIC_RELAXED);
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next)
        sum += t->unflushed_bytes;
    return (uint64_t)sum;
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
    struct lc_thread_place *place = find_place((uintptr_t)__builtin_thread_pointer());
    if (!place || !place->thread_pointer)
        return;
    place->thread->tid = lc_sys_gettid();
    place->thread->identity = lc_thread_identity(place->thread_pointer);
}
