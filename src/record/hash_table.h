/* uthash, in memory of our own, and never exiting: every table off the hot path is one of these. */
#ifndef LC_RECORD_HASH_TABLE_H
#define LC_RECORD_HASH_TABLE_H

#include "base/arena.h"

#define uthash_malloc(size) lc_pool_alloc(size)
#define uthash_free(p, size) lc_pool_free(p, size)
#define HASH_NONFATAL_OOM 1 /* a failed insertion leaves the table as it was; see uthash_nonfatal_oom */

#include <uthash.h>

#endif
