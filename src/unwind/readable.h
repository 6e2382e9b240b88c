/* Words of the calling thread's stack, read without ever faulting.
 *
 * Where a stack ends can't be asked of libc (pthread_getattr_np allocates and locks), and coroutines and
 * signal stacks have ends that nobody knows. So a page is asked about before its first word is read, and the
 * pages next to each other that have answered are remembered: on a warm stack nothing is asked. */
#ifndef LC_UNWIND_READABLE_H
#define LC_UNWIND_READABLE_H

#include "base/range.h"

/* Page boundaries. Zeroes are valid: nothing is known. */
struct lc_readable {
    uintptr_t low;           /* down to here the stack was readable when it was deeper */
    struct lc_range current; /* what is readable now, from the innermost frame outwards */
    struct lc_range other;   /* and far from there: a signal handler's stack leads to that of who was interrupted */
};

/* Starts at `sp`: what is remembered still holds if that is on the same stack as before; else the page of the
 * word below `sp` is readable, where a return address has just been. */
void lc_readable_enter(struct lc_readable *r, uintptr_t sp);

/* The slow half of lc_readable_word: asks the kernel. */
bool lc_readable_ask(struct lc_readable *r, uintptr_t address);

/* Reads the word at `address`; false when it is not readable or not aligned to 8. */
static inline bool lc_readable_word(struct lc_readable *r, uintptr_t address, uintptr_t *out)
{
    const bool is_known = address % sizeof *out == 0 && lc_range_has(r->current, address);
    if (LC_UNLIKELY(!is_known) && !lc_readable_ask(r, address))
        return false;
    *out = *(const uintptr_t *)address;
    return true;
}

#endif
