/* How the registers of a caller are found from one instruction of the callee: one row of the table that a
 * frame description stands for. (DWARF 5, 6.4; register numbers: System V ABI, AMD64, 3.6.2.) */
#ifndef LC_UNWIND_ROW_H
#define LC_UNWIND_ROW_H

#include "unwind/fde.h"

enum { LC_RBP = 6, LC_RSP = 7, LC_RIP = 16, LC_REGISTERS = 17 };

enum lc_how {
    LC_HOW_SAME,      /* the callee left it alone */
    LC_HOW_UNDEFINED, /* lost; of the return address: there is no caller */
    LC_HOW_AT_CFA,    /* in memory at CFA + offset */
    LC_HOW_CFA,       /* is CFA + offset */
    LC_HOW_REGISTER,  /* in another register */
    LC_HOW_AT,        /* in memory where the expression says */
    LC_HOW_IS,        /* what the expression says */
};

struct lc_where {
    enum lc_how how;
    uint32_t expression_len;
    union {
        int64_t offset;
        uint64_t reg;
        const uint8_t *expression;
    };
};

struct lc_row {
    struct lc_where cfa; /* LC_HOW_REGISTER with `cfa_offset`, or LC_HOW_IS */
    int64_t cfa_offset;
    struct lc_where reg[LC_REGISTERS];
};

/* What running the instructions needs. Too large for the stack of a program that is looked at from inside. */
enum { LC_ROWS_REMEMBERED = 8 };
struct lc_row_work {
    struct lc_row row; /* the result */
    struct lc_row initial;
    struct lc_row remembered[LC_ROWS_REMEMBERED];
};

/* Runs the instructions of `fde` up to `address`: `work->row`, or false when they are not understood.
 * Async-signal-safe. */
bool lc_row_find(const struct lc_fde *fde, uintptr_t address, struct lc_row_work *work);

#endif
