/* glibc's arenas: the main one, in libc's data and at the break, and those of threads, in heaps that are mapped. Read
 * as they lie, without malloc's locks, which a thread that was stopped may hold. */
#ifndef LC_SCAN_ARENAS_H
#define LC_SCAN_ARENAS_H

#include "vm/region.h"
#include "vm/residency.h"

#define LC_ARENAS_MAX 128 /* glibc makes up to eight a core; more count as the last */

struct lc_arenas {
    size_t count;
    struct lc_arena_state {
        uintptr_t address; /* of its struct malloc_state */
        uint64_t top;      /* bytes of the free chunk at its end */
    } at[LC_ARENAS_MAX];   /* in malloc_info's order, the main one first */
};

/* `data` is libc's writable memory. Empty when there is no arena that looks like one. */
void lc_arenas_find(struct lc_arenas *a, const struct lc_vm_region *regions, size_t count, struct lc_range libc,
                    const struct lc_residency *r);

/* The number of the arena that heap region `region` belongs to; a->count when it is none's: a block with a mapping of
 * its own. */
size_t lc_arenas_of(const struct lc_arenas *a, const struct lc_vm_region *region);

#endif
