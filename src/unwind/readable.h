/* Words of the calling thread's stack, read without ever faulting.
 *
 * Where a stack ends can't be asked of libc (pthread_getattr_np allocates and locks), and coroutines and
 * signal stacks have ends that nobody knows. So a page is asked about before its first word is read, and the
 * pages next to each other that have answered are remembered: on a warm stack nothing is asked. */
#ifndef LC_UNWIND_READABLE_H
#define LC_UNWIND_READABLE_H

#include "base/range.h"

/* `known` becomes a range around `sp` that is known to be readable: what it was if `sp` is on the same
 * stack as before, else the page of the word below `sp`, where a return address has just been. */
void lc_readable_enter(struct lc_range *known, uintptr_t sp);

/* The slow half of lc_readable_word: asks the kernel. */
bool lc_readable_ask(struct lc_range *known, uintptr_t address);

/* Reads the word at `address`; false when it is not readable or not aligned to 8. */
static inline bool lc_readable_word(struct lc_range *known, uintptr_t address, uintptr_t *out)
{
    if (LC_UNLIKELY(address % sizeof *out || !lc_range_has(*known, address)) && !lc_readable_ask(known, address))
        return false;
    *out = *(const uintptr_t *)address;
    return true;
}

#endif
