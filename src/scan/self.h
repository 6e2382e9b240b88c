/* Where the program itself stands, on the thread that checks: the frame that called exit, _exit, or the check,
 * with the registers that it has. What lies below is ours and libc's, or dead: a copy of a pointer there would
 * hide a leak. */
#ifndef LC_SCAN_SELF_H
#define LC_SCAN_SELF_H

#include "base/range.h"

#include <sys/types.h>
#include <ucontext.h>

#define LC_SELF_REGISTERS 17 /* by DWARF number, see unwind/row.h */

struct lc_self {
    pid_t tid; /* in a copy of the process (preload/copy.h), that of the thread that was copied */
    uintptr_t sp;
    uintptr_t pointer; /* the thread's, %fs:0 */
    uint32_t known;    /* registers, a bit each */
    uintptr_t registers[LC_SELF_REGISTERS];
    uintptr_t alternate;     /* its signal stack, 0 for none: sigaltstack(2) */
    struct lc_range vectors; /* where its vector registers are saved; empty: their values are nobody's any more */
};

/* Walks from its caller outwards over the frames whose code lies in one of `passed` (our library, libc) to the
 * first one that does not. Where a frame can't be followed, that one is it: more of the stack, never less.
 * On the stack that is to be looked at. */
void lc_self_find(struct lc_self *self, const struct lc_range *passed, size_t count);

/* The same of who was interrupted by a signal, on any stack. */
void lc_self_interrupted(struct lc_self *self, const ucontext_t *at);

#endif
