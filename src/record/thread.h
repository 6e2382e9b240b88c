/* What each thread keeps for itself: counters, caches, the unwinder's memory. It is found under the thread
 * pointer (the TCB's address), which no two live threads share, so that the state of a thread that ended is
 * taken over by the next one at its place: no destructor, no key, and no thread-local storage (which would be a
 * module more in every thread's DTV, a block that libc allocates and that reports show). */
#ifndef LC_RECORD_THREAD_H
#define LC_RECORD_THREAD_H

#include "base/lock.h"
#include "record/function.h"
#include "record/site.h"
#include "unwind/unwind.h"

#include <sys/types.h>

struct lc_counters {
    uint64_t allocations, frees, bytes;
    uint64_t dropped, unknown_frees, truncated_stacks;
};

/* What one capture needs: the thread's own, and one for a signal handler that interrupts it there. */
struct lc_recorder {
    struct lc_unwinder *unwinder;
    struct lc_site_cache sites;
};

#define LC_NESTED_MAX 8
#define LC_RECORDERS 2

struct lc_thread {
    struct lc_thread *next;
    uintptr_t thread_pointer;
    pid_t tid;
    int32_t identity; /* what lc_thread_identity() was when this was taken over */
    unsigned busy; /* recorders in use */
    struct lc_recorder *recorders[LC_RECORDERS];
    void *alternate; /* a signal stack for whoever is at this place, or NULL (alternate.h) */

    unsigned disabled; /* what it allocates now is nobody's leak: see lc_track_disable() */
    uintptr_t nesting_sp; /* the stack pointer of who opened the outermost door */
    unsigned nesting; /* C++ doors open: what the runtime inside allocates is theirs (see track.h) */
    unsigned nested_count;
    uintptr_t released; /* the block that an open delete door has already taken */
    struct {
        uintptr_t address;
        uint64_t size;
        enum lc_function function;
    } nested[LC_NESTED_MAX];

    struct lc_counters counters; /* written by its thread only, read by anyone */
    int64_t unflushed_bytes;     /* live bytes not yet in the shared sum, and their highest since then */
    int64_t unflushed_peak;
};

/* Open addressing by thread pointer; a place that is taken stays so. */
struct lc_thread_place {
    uintptr_t thread_pointer; /* atomic; published after `thread` */
    struct lc_thread *thread;
};
#define LC_THREAD_PLACES_BITS 16
extern struct lc_thread_place *lc_thread_places; /* NULL until lc_thread_init() */

static inline size_t lc_thread_place_of(uintptr_t thread_pointer)
{
    return (thread_pointer >> 6) * 0x9e3779b97f4a7c15u >> (64 - LC_THREAD_PLACES_BITS);
}

/* Tells the threads that follow each other at one thread pointer apart: libc's own note of the thread's id, if
 * it was found where the thread pointer leads (else a word that is always the same there). */
extern size_t lc_thread_identity_offset;
static inline int32_t lc_thread_identity(uintptr_t thread_pointer)
{
    return *(const int32_t *)(thread_pointer + lc_thread_identity_offset);
}

/* 0 or -ENOMEM. Before any other, on the main thread. */
int lc_thread_init(void);

/* Makes or finds the state of the calling thread; NULL when memory is exhausted. */
struct lc_thread *lc_thread_attach(void);

static inline struct lc_thread *lc_thread_self(void)
{
    uintptr_t pointer = (uintptr_t)__builtin_thread_pointer();
    const struct lc_thread_place *place = &lc_thread_places[lc_thread_place_of(pointer)];
    if (LC_LIKELY(__atomic_load_n(&place->thread_pointer, __ATOMIC_ACQUIRE) == pointer &&
                  place->thread->identity == lc_thread_identity(pointer)))
        return place->thread;
    return lc_thread_attach();
}

/* The slow half of lc_thread_borrow. */
struct lc_recorder *lc_thread_make_recorder(struct lc_thread *t);

/* A recorder for the calling thread, to be given back; NULL when a handler has interrupted a handler. */
static inline struct lc_recorder *lc_thread_borrow(struct lc_thread *t)
{
    if (LC_UNLIKELY(t->busy >= LC_RECORDERS))
        return NULL;
    struct lc_recorder *r = t->recorders[t->busy++];
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    return LC_LIKELY(r != NULL) ? r : lc_thread_make_recorder(t);
}

static inline void lc_thread_return(struct lc_thread *t)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    t->busy--;
}

/* So many live bytes a thread keeps to itself before it adds them to the shared sum. */
#define LC_THREAD_FLUSH_BYTES ((int64_t)64 << 10)
void lc_thread_flush(struct lc_thread *t);

/* Adds to the bytes that are live now, and to the most that ever were. */
static inline void lc_thread_count_live(struct lc_thread *t, int64_t bytes)
{
    t->unflushed_bytes += bytes;
    if (t->unflushed_bytes > t->unflushed_peak)
        t->unflushed_peak = t->unflushed_bytes;
    if (LC_UNLIKELY(t->unflushed_bytes > LC_THREAD_FLUSH_BYTES || t->unflushed_bytes < -LC_THREAD_FLUSH_BYTES))
        lc_thread_flush(t);
}

/* All threads ever seen, newest first; NULL after the last. */
struct lc_thread *lc_thread_first(void);

/* The sum over all threads, exact when none is inside a door. */
struct lc_counters lc_thread_totals(void);
uint64_t lc_thread_live_bytes(void);
uint64_t lc_thread_peak_bytes(void);

/* In a fork's child, where the caller has another id and is the same thread. */
void lc_thread_after_fork(void);
extern struct lc_lock lc_thread_lock; /* held over fork (record/fork.c) */

#endif
