/* What can be said of code without call frame information. */
#ifndef LC_UNWIND_GUESS_H
#define LC_UNWIND_GUESS_H

#include "unwind/walk.h"

/* As lc_walk, for a frame whose code no description covers. By the frame pointer, if rbp points to a frame
 * record above sp whose return address comes after a call instruction in a loaded module. Each word is asked
 * about anew, because a register that is only taken for a frame pointer may point anywhere.
 * Async-signal-safe. */
enum lc_step lc_guess(struct lc_frame *f);

#endif
