/* The frame description that covers a piece of code, found in its module's .eh_frame.
 * (LSB 5.0, 10.6: exception frames; 10.6.2: .eh_frame_hdr.) */
#ifndef LC_UNWIND_FDE_H
#define LC_UNWIND_FDE_H

#include "base/range.h"
#include "unwind/bytes.h"

struct lc_fde {
    struct lc_range code;
    struct lc_bytes initial; /* instructions of the CIE */
    struct lc_bytes program; /* instructions of the FDE */
    uint64_t code_align;
    int64_t data_align;
    unsigned return_column;
    bool is_signal_frame; /* its caller was interrupted, and did not call */
};

/* Finds the description of the instruction at `address` by _dl_find_object (glibc 2.35), which takes no lock.
 * False when no loaded module has one. Async-signal-safe. */
bool lc_fde_find(uintptr_t address, struct lc_fde *out);

#endif
