/* The mappings that the program made itself (mmap, mremap, shmat, brk, sbrk), each part with who made it.
 * Ranges never overlap: what is mapped over or unmapped is cut out of what was there. */
#ifndef LC_RECORD_MAPPINGS_H
#define LC_RECORD_MAPPINGS_H

#include "base/lock.h"
#include "base/range.h"
#include "record/function.h"

struct lc_mapping {
    struct lc_range range;
    uint32_t stack; /* in depot.h */
    enum lc_function function;
};

/* Page granularity is the caller's business. Each takes a lock: not while our other locks are held.
 * False when memory is exhausted: (part of) the mapping is then not remembered. */
bool lc_mappings_add(struct lc_mapping m);
bool lc_mappings_remove(struct lc_range range);

/* Any lc_mapping that overlaps `range`; false when none does. */
bool lc_mappings_find(struct lc_range range, struct lc_mapping *out);

/* In address order. The lock is held meanwhile. */
void lc_mappings_each(void (*visit)(void *context, const struct lc_mapping *m), void *context);

/* Ranges are sorted, disjoint and not empty: for tests. */
bool lc_mappings_is_valid(void);

extern struct lc_lock lc_mappings_lock; /* held over fork (record/fork.c) */

#endif
