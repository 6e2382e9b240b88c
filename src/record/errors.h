/* Wrong frees, counted by where and how. */
#ifndef LC_RECORD_ERRORS_H
#define LC_RECORD_ERRORS_H

#include "base/lock.h"
#include "record/function.h"

enum lc_wrong_free {
    LC_FREE_MISMATCHED, /* by another family than allocated it */
    LC_FREE_TWICE,
    LC_FREE_UNKNOWN /* of what never was a block */
};

struct lc_error_record {
    enum lc_wrong_free kind;
    enum lc_function function; /* that freed */
    uint32_t stack;            /* its caller's, in depot.h */
    uint32_t origin;           /* the block's site, LC_SITE_NONE when not known */
    uintptr_t address;         /* of the first one */
    uint64_t count;
};

/* Counts `e` (its count left aside). True if it is the first of its kind, place and origin. */
bool lc_errors_add(struct lc_error_record e);

/* In order of first occurrence. */
void lc_errors_each(void (*visit)(void *context, const struct lc_error_record *e), void *context);

extern struct lc_lock lc_errors_lock; /* held over fork (record/fork.c) */

#endif
