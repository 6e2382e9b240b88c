/* Stacks, interned. A stack is the number of its innermost frame in a tree of frames whose root side is the
 * outermost function, so that common outer parts are stored once. Numbers never die. */
#ifndef LC_RECORD_DEPOT_H
#define LC_RECORD_DEPOT_H

#include "unwind/unwind.h"

#define LC_DEPOT_NONE UINT32_MAX

struct lc_depot_frame {
    uintptr_t address; /* with the bits below */
    uint32_t outer;    /* a lower number, or LC_DEPOT_NONE at the end */
    uint32_t module;   /* index in modules.h, UINT32_MAX when in none */
};

/* User addresses end below 2^56. */
#define LC_DEPOT_EXACT LC_TRACED_EXACT        /* interrupted here by a signal */
#define LC_DEPOT_CUT ((uintptr_t)1 << 62)     /* the stack goes on, unseen */
#define LC_DEPOT_RETIRED ((uintptr_t)1 << 61) /* it, or a frame outside of it, is of a module that was closed */
#define LC_DEPOT_ADDRESS (((uintptr_t)1 << 56) - 1)

/* The number of `s`; LC_DEPOT_NONE when it is empty or memory is exhausted. Tags its frames, and trusts the tags
 * that it finds. Any thread, any signal handler. */
uint32_t lc_depot_intern(const struct lc_unwound *s);

/* The number of the innermost `limit` (>= 1) frames of `stack`, which is cut there if it has more. For the report. */
uint32_t lc_depot_cut(uint32_t stack, unsigned limit);

/* The number of the frame at `address` (LC_DEPOT_EXACT or not) alone, its callers cut off. For the report. */
uint32_t lc_depot_alone(uintptr_t address);

uint32_t lc_depot_count(void);
const struct lc_depot_frame *lc_depot_get(uint32_t frame);

/* The frames of closed modules are not found again: the same addresses mean other code from now on. */
void lc_depot_retire_closed(void);
static inline bool lc_depot_is_retired(uint32_t frame)
{
    return frame != LC_DEPOT_NONE && lc_depot_get(frame)->address & LC_DEPOT_RETIRED;
}

#endif
