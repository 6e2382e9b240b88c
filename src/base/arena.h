/* The library's own memory: mapped pages, never the host's allocator. */
#ifndef LC_BASE_ARENA_H
#define LC_BASE_ARENA_H

#include "base/lock.h"
#include "base/range.h"

/* Zeroed pages for `what` (a literal, shown in the memory map), or NULL; noted as our own. Any thread. */
void *lc_pages_map(size_t len, const char *what);
/* The same for what is written as a whole at once: a page fault for each page costs more than that. */
void *lc_pages_map_now(size_t len, const char *what);
/* `len` as it was mapped. */
void lc_pages_unmap(void *p, size_t len);
/* From now on there are 4 MiB more, when the kernel has none for us: for a process at its end. */
void lc_pages_open_reserve(void);
/* An array of `*capacity` items of `size`, which is full, moved to where twice as many have room (a page of them if
 * `*capacity` is 0); or NULL, and it stays as it is. */
void *lc_pages_grow(void *items, size_t *capacity, size_t size, const char *what);

/* What we have mapped: for every range that is ours, in no order. Any thread; a range mapped meanwhile may
 * be missing. */
struct lc_own {
    struct lc_range range;
    const char *what;
};
/* The `index`-th range (0, 1, ...); false past the last. Freed ranges are empty. */
bool lc_pages_own(size_t index, struct lc_own *out);
uint64_t lc_pages_own_bytes(void);

/* Small blocks in powers of two, recycled by size, for tables off the hot path. Zeroed when new, not when
 * recycled. NULL when out of memory. Takes a lock: not for signal handlers that hold it (they can't: see
 * lock.h). */
void *lc_pool_alloc(size_t size);
void lc_pool_free(void *p, size_t size);
char *lc_pool_strdup(const char *s);

/* Held over fork (record/fork.c); the pool's is taken before that of the pages. */
extern struct lc_lock lc_pool_lock, lc_pages_lock;

#endif
