/* DWARF expressions, as far as call frame information has them: whole numbers, registers and memory. */
#ifndef LC_UNWIND_EXPRESSION_H
#define LC_UNWIND_EXPRESSION_H

#include "unwind/readable.h"
#include "unwind/registers.h"

/* Evaluates `len` bytes of `code` over the registers, and memory as far as it is readable. With a CFA, that
 * is on the evaluation's stack at first (DWARF 5, 6.4.2.2). False when something is unknown. */
bool lc_expression_value(const uint8_t *code, uint32_t len, const struct lc_registers *registers,
                         const uintptr_t *cfa, struct lc_readable *readable, uintptr_t *out);

#endif
