/* Which stacks suppressions in LeakSanitizer's syntax name, as far as the library has names for them: asked before the
 * scan, for what such blocks lead to is no leak either. */
#ifndef LC_REPORT_SUPPRESSED_H
#define LC_REPORT_SUPPRESSED_H

#include "record/function.h"
#include "report/suppressions.h"

struct lc_suppressed {
    const struct lc_suppressions *rules; /* those in valgrind's syntax are passed over; NULL: none */
    bool *stacks;                        /* by depot number: named, itself or a frame outside of it; NULL: nothing is */
    uint32_t count;
};

/* 0; or -ENOMEM, and nothing is named. Reads the symbol tables of modules. Nothing is recorded meanwhile. */
int lc_suppressed_find(struct lc_suppressed *s, const struct lc_suppressions *rules);
void lc_suppressed_release(struct lc_suppressed *s);

/* Whether what `f` gave out with that stack is suppressed; `suppressed` is the struct, as lc_scan_input wants it. */
bool lc_suppressed_has(const void *suppressed, uint32_t stack, enum lc_function f);

#endif
