/* Whose frame a word of a stack lies in, for a run that asks who holds a block (--show-root-path, --why). */
#ifndef LC_SCAN_FRAMES_H
#define LC_SCAN_FRAMES_H

#include "scan/self.h"
#include "scan/world.h"

/* From the stack pointer of a function to its caller's. */
struct lc_stack_frame {
    struct lc_range range;
    uintptr_t pc;  /* where it goes on: a return address, unless is_exact */
    bool is_exact; /* it was interrupted there */
};

struct lc_frames {
    struct lc_stack_frame *at; /* by address */
    size_t count, capacity;
};

/* The frames of the thread that checks and of the stopped ones, each as far as its stack can be followed. Those that
 * there is no memory for are missing. */
void lc_frames_find(struct lc_frames *f, const struct lc_self *self, const struct lc_world *world);
void lc_frames_release(struct lc_frames *f);

/* The frame that the word at `address` lies in, or NULL. */
const struct lc_stack_frame *lc_frames_at(const struct lc_frames *f, uintptr_t address);

#endif
