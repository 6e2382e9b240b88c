/* A stack as calls: what inlining and the allocation function made of its frames, one after the other. */
#ifndef LC_TOOLS_CALLS_H
#define LC_TOOLS_CALLS_H

#include "report/findings.h"

struct lc_call {
    struct lc_location at;
    const struct lc_module *module; /* NULL: in none that is known */
    uintptr_t pc;                   /* inside the call; see lc_frame_pc */
    bool is_door;                   /* the allocation function itself */
};

/* Innermost first; the first is the allocation function. Zero-initialised is valid, and may be filled again and
 * again. */
struct lc_calls {
    struct lc_call *at;
    size_t count;
    bool is_cut; /* there were more that could not be followed */
};

/* The calls of `site` up to main, or to the last one when `has_all`. The strings are the namer's. */
void lc_calls_fill(struct lc_calls *c, const struct lc_findings *f, const struct lc_site *site, struct lc_namer *namer,
                   bool has_all);
void lc_calls_free(struct lc_calls *c);

/* Whether it is of an allocator, of the language's runtime, or of libc: nobody who reads a report wrote it. */
bool lc_call_is_runtime(const struct lc_call *call);

/* The index of the call that a finding belongs to: the innermost one of own sources, else the innermost that is not
 * the runtime's, else 1 (0 when there is none). `*is_own` says which. */
size_t lc_calls_owner(const struct lc_calls *c, bool *is_own);

/* The last component of a module's path. */
const char *lc_call_module_name(const struct lc_call *call);

#endif
