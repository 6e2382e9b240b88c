/* The general registers of one frame, by DWARF number, as far as they are known. */
#ifndef LC_UNWIND_REGISTERS_H
#define LC_UNWIND_REGISTERS_H

#include "unwind/row.h"

#define LC_REGISTERS_ALL ((1u << LC_REGISTERS) - 1)

struct lc_registers {
    uint32_t known; /* bit by number */
    uintptr_t value[LC_REGISTERS];
};

static inline bool lc_registers_get(const struct lc_registers *r, uint64_t number, uintptr_t *out)
{
    if (number >= LC_REGISTERS || !(r->known & 1u << number))
        return false;
    *out = r->value[number];
    return true;
}

static inline void lc_registers_set(struct lc_registers *r, unsigned number, uintptr_t value)
{
    r->value[number] = value;
    r->known |= 1u << number;
}

#endif
