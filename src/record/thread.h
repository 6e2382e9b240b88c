/* What each thread keeps for itself: counters, caches, the unwinder's memory. Found by one thread-local
 * pointer; kept under the thread pointer (the TCB's address), which no two live threads share, so that the
 * state of a thread that ended is taken over by the next one at its place: no destructor, no key. */
#ifndef LC_RECORD_THREAD_H
#define LC_RECORD_THREAD_H

#include "base/lock.h"
#include "record/depot.h"
#include "record/function.h"
#include "record/site.h"

#include <sys/types.h>

struct lc_counters {
    uint64_t allocations, frees, bytes;
    int64_t live_bytes, live_blocks; /* of this thread: another one may free what it allocates */
    uint64_t dropped, unknown_frees, truncated_stacks;
};

/* What one capture needs: the thread's own, and one for a signal handler that interrupts it there. */
struct lc_recorder {
    struct lc_unwinder *unwinder;
    struct lc_stack stack;
    struct lc_depot_cache stacks;
    struct lc_site_cache sites;
};

#define LC_NESTED_MAX 8
#define LC_RECORDERS 2

struct lc_thread {
    struct lc_thread *next;
    uintptr_t thread_pointer;
    pid_t tid;
    unsigned busy; /* recorders in use */
    struct lc_recorder *recorders[LC_RECORDERS];

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

extern LC_THREAD_LOCAL struct lc_thread *lc_thread_current;

/* Makes or takes over the state of the calling thread; NULL when memory is exhausted. */
struct lc_thread *lc_thread_attach(void);

static inline struct lc_thread *lc_thread_self(void)
{
    struct lc_thread *t = lc_thread_current;
    return LC_LIKELY(t != NULL) ? t : lc_thread_attach();
}

/* A recorder for the calling thread, to be given back; NULL when a handler has interrupted a handler. */
struct lc_recorder *lc_thread_borrow(struct lc_thread *t);
void lc_thread_return(struct lc_thread *t);

/* Adds to the bytes that are live now, and to the most that ever were. */
void lc_thread_count_live(struct lc_thread *t, int64_t bytes);

/* All threads ever seen, newest first; NULL after the last. */
struct lc_thread *lc_thread_first(void);

/* The sum over all threads; live counts are exact when no thread is inside a door. */
struct lc_counters lc_thread_totals(void);
uint64_t lc_thread_peak_bytes(void);

/* In a fork's child, where the caller has another id. */
void lc_thread_after_fork(void);
extern struct lc_lock lc_thread_lock; /* held over fork (record/fork.c) */

#endif
