/* From one frame to its caller. */
#ifndef LC_UNWIND_WALK_H
#define LC_UNWIND_WALK_H

#include "unwind/readable.h"
#include "unwind/registers.h"

struct lc_frame {
    uintptr_t pc;
    uintptr_t sp;
    uintptr_t fp; /* rbp */
    bool exact;   /* interrupted at pc; else pc comes after a call */
};

enum lc_step {
    LC_STEP_CALLER, /* there is a caller */
    LC_STEP_END,    /* this was the outermost frame */
    LC_STEP_LOST,   /* there may be a caller, and it can't be found */
    LC_STEP_BLIND,  /* so, but if all registers of the frame were known it might be */
};

/* The instruction that a frame stands at: the call, which a return address comes after. */
static inline uintptr_t lc_frame_at(const struct lc_frame *f)
{
    return f->pc - !f->exact;
}

/* What walking needs beside the frame; zeroes are a valid one. Too large for the stack of a program that is
 * looked at from inside. */
struct lc_walker {
    struct lc_readable readable;
    struct lc_registers registers; /* of the frame, as far as they are known beside the three in it */
    struct lc_registers caller;
    struct lc_fde fde;
    struct lc_row_work work;
};

/* Goes to the caller of `f` by its call frame information, whatever that needs; without any, as guess.h has
 * it. With LC_STEP_CALLER, `f` and the walker's registers are the caller's; else nothing is promised of them.
 * Async-signal-safe; never faults. */
enum lc_step lc_walk(struct lc_walker *w, struct lc_frame *f);

#endif
