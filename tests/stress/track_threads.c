/* Many threads record blocks and free each other's: at the end exactly those are live that should be, every
 * count is exact, and nobody was accused. */
#include "record/errors.h"
#include "record/heap.h"
#include "record/thread.h"
#include "record/track.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 8, ROUNDS = 200000, SLOTS = 4096, GRANULE = 32 };
enum { FREE, LIVE, BUSY };

static _Atomic unsigned slots[SLOTS];
static atomic_ulong allocations, frees, errors;
static uint64_t seen_blocks, seen_wrong;
/* Addresses are only keys here. */
static const uintptr_t heap = 0x10000000000;

static uintptr_t address_of(unsigned slot)
{
    return heap + (uintptr_t)slot * GRANULE * 1000; /* over several regions */
}

static size_t size_of(unsigned slot)
{
    return slot % 100 + 1;
}

static void *churn(void *argument)
{
    unsigned state = (unsigned)(size_t)argument;
    const struct lc_context caller = LC_CALLER();
    for (int i = 0; i < ROUNDS; i++) {
        state = state * 1103515245 + 12345;
        unsigned slot = state >> 20;
        unsigned was = atomic_exchange(&slots[slot], BUSY);
        if (was == FREE) {
            lc_track_alloc((void *)address_of(slot), size_of(slot), LC_FN_MALLOC, &caller);
            atomic_fetch_add(&allocations, 1);
        } else if (was == LIVE) {
            lc_track_free((void *)address_of(slot), LC_FN_FREE, &caller);
            atomic_fetch_add(&frees, 1);
        } else {
            continue;
        }
        atomic_store(&slots[slot], was == FREE ? LIVE : FREE);
    }
    return NULL;
}

static void visit(void *context, uintptr_t address, uint32_t site)
{
    (void)context;
    unsigned slot = (unsigned)((address - heap) / (GRANULE * 1000));
    seen_blocks++;
    if (slot >= SLOTS || slots[slot] != LIVE || lc_site_get(site).size != size_of(slot))
        seen_wrong++;
}

static void count_error(void *context, const struct lc_error_record *e)
{
    (void)context, (void)e;
    errors++;
}

int main(void)
{
    const struct lc_track_settings settings = {.granule = GRANULE};
    if (lc_track_init(&settings) != 0)
        return 1;
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, churn, (void *)(i + 1));
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    uint64_t live = 0, live_bytes = 0;
    for (unsigned slot = 0; slot < SLOTS; slot++)
        if (slots[slot] == LIVE)
            live++, live_bytes += size_of(slot);
    lc_heap_each(visit, NULL);
    lc_errors_each(count_error, NULL);
    struct lc_counters totals = lc_thread_totals();
    printf("%lu allocations, %lu frees, %lu live; recorded: %lu, %lu, %ld; seen: %lu, wrong: %lu, accused: %lu\n",
           allocations, frees, live, totals.allocations, totals.frees, (long)(totals.allocations - totals.frees), seen_blocks, seen_wrong,
           (unsigned long)errors);
    return totals.allocations != allocations || totals.frees != frees || totals.allocations - totals.frees != live ||
           lc_thread_live_bytes() != live_bytes || seen_blocks != live || seen_wrong || errors || totals.dropped;
}
