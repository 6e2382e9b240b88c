/* What the kernel has saved of who was interrupted by a signal. */
#ifndef LC_SCAN_INTERRUPTED_H
#define LC_SCAN_INTERRUPTED_H

#include "base/range.h"

#include <signal.h>
#include <ucontext.h>

#define LC_FXSAVE_BYTES 512 /* x87, SSE and their padding: Intel SDM 1, 10.5 */
#define LC_FXSAVE_MORE 464  /* where Linux says how much more was saved: asm/sigcontext.h, struct _fpx_sw_bytes */
#define LC_FXSAVE_MAGIC 0x46505853u

/* Where the vector registers are saved. XSAVE's area has the upper halves behind FXSAVE's. */
static inline struct lc_range lc_vectors_of(const ucontext_t *u)
{
    uintptr_t start = (uintptr_t)u->uc_mcontext.fpregs;
    if (!start)
        return (struct lc_range){0};
    const uint32_t *more = (const uint32_t *)(start + LC_FXSAVE_MORE);
    return (struct lc_range){start, start + (more[0] == LC_FXSAVE_MAGIC ? more[1] : LC_FXSAVE_BYTES)};
}

/* Where the thread's signal stack begins, 0 for none. */
static inline uintptr_t lc_alternate_of(const stack_t *s)
{
    return s->ss_flags & SS_DISABLE ? 0 : (uintptr_t)s->ss_sp;
}

#endif
