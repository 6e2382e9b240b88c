/* The pools that libc and libstdc++ keep to the end, which are nobody's leak. */
#ifndef LC_PRELOAD_POOLS_H
#define LC_PRELOAD_POOLS_H

#include "unwind/unwind.h"

enum lc_pools {
    LC_POOLS_KEPT, /* a signal handler ends the process, and may have interrupted the allocator */
    LC_POOLS_CXX_FREED,
    LC_POOLS_FREED
};

/* Lets them be freed, as valgrind does, so that what remains is the program's; nothing of theirs may run
 * after this. libc's are left alone while other threads live; and when stdio is not flushed, because freeing
 * them flushes it. `here` is the caller of exit. */
enum lc_pools lc_pools_free(const struct lc_context *here, bool is_flushed);

#endif
