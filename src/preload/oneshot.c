#include "preload/oneshot.h"

#include "base/action.h"
#include "preload/fatal.h"

#define ENTRIES 256 /* as oneshot_entry.S has them, */
#define ENTRY_BYTES 16 /* each of this size */

void lc_oneshot_entry(void);
sighandler_t lc_oneshot_enter(int signal, unsigned index);

/* Each handler stands here once, for ever: so the address of an entry means the same to everybody, a vfork's child, too. */
static sighandler_t handlers[ENTRIES]; /* atomic */

sighandler_t lc_oneshot_for(sighandler_t handler)
{
    for (unsigned i = 0; i < ENTRIES; i++) {
        sighandler_t seen = NULL;
        if (__atomic_compare_exchange_n(&handlers[i], &seen, handler, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) || seen == handler)
            return (sighandler_t)((uintptr_t)lc_oneshot_entry + i * ENTRY_BYTES);
    }
    return handler;
}

sighandler_t lc_oneshot_of(sighandler_t handler)
{
    uintptr_t distance = (uintptr_t)handler - (uintptr_t)lc_oneshot_entry;
    return distance < ENTRIES * ENTRY_BYTES ? handlers[distance / ENTRY_BYTES] : handler;
}

/* The kernel has kept the flags and the mask. */
sighandler_t lc_oneshot_enter(int signal, unsigned index)
{
    lc_fatal_restore(signal);
    return handlers[index];
}
