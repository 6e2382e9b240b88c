/* For tests: where this is built with LC_VERIFY_STACKS, track.c hands what each capture has recorded to who
 * compares it with libunwind (tests/verify). */
#ifndef LC_RECORD_CAPTURED_H
#define LC_RECORD_CAPTURED_H

#include "unwind/unwind.h"

#ifdef LC_VERIFY_STACKS
/* The stack of `caller` was recorded as `stack` (depot.h). On the thread that captured it, before anything on its
 * stack has changed. */
void lc_verify_captured(const struct lc_context *caller, uint32_t stack);
#else
static inline void lc_verify_captured(const struct lc_context *caller, uint32_t stack)
{
    (void)caller, (void)stack;
}
#endif

#endif
