/* The same stacks by libunwind: what lc_unwind is measured against, in tests and on real programs. It is not
 * part of the preloaded library, for what it does to a host: it allocates, locks and masks signals, and
 * needs kilobytes of stack. (Debian's libunwind.a is not position-independent either, and its shared library
 * brings liblzma with it.) */
#ifndef LC_UNWIND_REFERENCE_H
#define LC_UNWIND_REFERENCE_H

#include "unwind/registers.h"
#include "unwind/stack.h"

/* Before the first capture; allocates. 0, or -ENOMEM. */
int lc_reference_init(void);

/* As lc_unwind, from the same frame information and registers, with libunwind's interpretation of it. Frames
 * without such information are left by the same guess (guess.h), as libunwind's own goes through junk.
 * Any thread; a signal handler only if it has interrupted none of libunwind's own calls. */
void lc_reference_unwind(const struct lc_context *from, unsigned limit, struct lc_stack *out);

/* One step of libunwind's: from a frame that was interrupted with these registers, all known, to its caller's.
 * 1, 0 at the outermost frame, or libunwind's error. As above. */
int lc_reference_step(const struct lc_registers *frame, struct lc_registers *caller);

#endif
