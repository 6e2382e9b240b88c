/* What every door needs: whether there is anything to note, and notes in one line. */
#ifndef LC_PRELOAD_DOOR_H
#define LC_PRELOAD_DOOR_H

#include "preload/early.h"
#include "preload/real.h"
#include "record/track.h"

/* False before the start, in a program that is not to be checked, and once the report is being made. */
extern bool lc_is_recording;

static inline bool lc_door_is_early(void)
{
    return LC_UNLIKELY(!lc_real.malloc);
}

/* Notes a new block, if it is one, and returns it. */
static inline void *lc_door_note(void *p, size_t size, enum lc_function f, struct lc_context caller)
{
    if (LC_LIKELY(p && lc_is_recording))
        lc_track_alloc(p, size, f, &caller);
    return p;
}

/* The address of the door of each function, as it stands in stacks. */
extern const uintptr_t lc_door_addresses[LC_FN_COUNT];

#endif
