/* A stack as a value, for tests: a capture itself lies in its unwinder. */
#ifndef LC_UNWIND_STACK_H
#define LC_UNWIND_STACK_H

#include "unwind/unwind.h"

/* Innermost first; only the first `depth` frames are set. */
struct lc_stack {
    unsigned depth;
    bool truncated;
    uint64_t exact[LC_FRAMES_MAX / 64]; /* a bit a frame */
    uintptr_t frames[LC_FRAMES_MAX];
};

#endif
