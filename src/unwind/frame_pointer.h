/* Code without call frame information, by its frame pointer. */
#ifndef LC_UNWIND_FRAME_POINTER_H
#define LC_UNWIND_FRAME_POINTER_H

#include "unwind/walk.h"

/* The caller of `f` if rbp points to a frame record above sp whose return address comes after a call
 * instruction in a loaded module; else LC_STEP_LOST. Each word is asked about anew, because a register that
 * is only taken for a frame pointer may point anywhere. Async-signal-safe. */
enum lc_step lc_frame_pointer_walk(struct lc_frame *f);

#endif
