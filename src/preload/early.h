/* Memory for whoever allocates before our constructor has run: the loader, resolvers of indirect functions,
 * dlsym while we look for the real functions. Works before relocation: no calls into other objects, no
 * thread-local storage. Never given back; the blocks are told by their address. Any thread. */
#ifndef LC_PRELOAD_EARLY_H
#define LC_PRELOAD_EARLY_H

#include "base/range.h"

#define LC_EARLY_BYTES ((size_t)512 << 10)

extern char lc_early_memory[LC_EARLY_BYTES];

static inline bool lc_early_owns(const void *p)
{
    return (uintptr_t)p - (uintptr_t)lc_early_memory < LC_EARLY_BYTES;
}

/* Zeroed, or NULL when it is used up. `alignment` is a power of two. */
void *lc_early_alloc(size_t size, size_t alignment);
size_t lc_early_size(const void *p);
uint64_t lc_early_blocks(void);
/* The part of it that was ever given out. */
struct lc_range lc_early_used(void);

#endif
