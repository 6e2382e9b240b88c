/* What a thread's unwinder remembers. */
#ifndef LC_UNWIND_UNWINDER_H
#define LC_UNWIND_UNWINDER_H

#include "unwind/rules.h"
#include "unwind/trace.h"
#include "unwind/unwind.h"

struct lc_unwinder {
    uint64_t generation;         /* of the modules when all of this was learned; 0: it may be torn */
    enum lc_step ended;          /* how the last capture did: its tags are of stacks that end so */
    struct lc_traced registered; /* the frame whose registers the walker has */
    struct lc_walker walker;
    struct lc_rules rules;
    struct lc_trace trace;
    struct lc_traced fresh[LC_FRAMES_MAX]; /* on their way into the trace */
};

#endif
