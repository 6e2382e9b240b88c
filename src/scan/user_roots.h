/* Memory that the program has registered as a root (leakcheck.h). */
#ifndef LC_SCAN_USER_ROOTS_H
#define LC_SCAN_USER_ROOTS_H

#include "base/lock.h"
#include "base/range.h"

/* False when there are too many. Any thread. */
bool lc_user_roots_add(struct lc_range range);
/* Takes away one that was added with just this range; false when there is none. */
bool lc_user_roots_remove(struct lc_range range);

/* The `index`-th (0, 1, ...); false past the last. Those taken away are empty. */
bool lc_user_roots_get(size_t index, struct lc_range *out);

extern struct lc_lock lc_user_roots_lock; /* held over fork (preload/end.c) */

#endif
