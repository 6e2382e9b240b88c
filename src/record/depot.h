/* Stacks, interned. A stack is the number of its innermost frame in a tree of frames whose root side is the
 * outermost function, so that common outer parts are stored once. Numbers never die. */
#ifndef LC_RECORD_DEPOT_H
#define LC_RECORD_DEPOT_H

#include "base/lock.h"
#include "unwind/unwind.h"

#define LC_DEPOT_NONE UINT32_MAX

struct lc_depot_frame {
    uintptr_t address; /* with the bits below */
    uint32_t outer;    /* LC_DEPOT_NONE at the end */
    uint32_t module;   /* index in modules.h, UINT32_MAX when in none */
};

/* User addresses end below 2^56. */
#define LC_DEPOT_EXACT ((uintptr_t)1 << 63)   /* interrupted here by a signal */
#define LC_DEPOT_CUT ((uintptr_t)1 << 62)     /* the stack goes on, unseen */
#define LC_DEPOT_RETIRED ((uintptr_t)1 << 61) /* of a module that was closed: no longer found */
#define LC_DEPOT_ADDRESS (((uintptr_t)1 << 56) - 1)

/* A thread's own memory of recent frames. Zero-initialised is valid. */
#define LC_DEPOT_CACHE 1024
struct lc_depot_cache {
    uint32_t generation;
    struct {
        uintptr_t address;
        uint32_t outer, id;
    } entries[LC_DEPOT_CACHE];
};

/* The number of `s`, the same for equal stacks; LC_DEPOT_NONE when it is empty or memory is exhausted. Tags
 * its frames, and trusts the tags that it finds: of one unwinder for one cache.
 * Any thread, each with its own cache; not in a signal handler that interrupted the same cache's user. */
uint32_t lc_depot_intern(struct lc_depot_cache *cache, const struct lc_unwound *s);

uint32_t lc_depot_count(void);
const struct lc_depot_frame *lc_depot_get(uint32_t frame);

/* The frames of closed modules are not found again: the same addresses mean other code from now on. */
void lc_depot_retire_closed(void);

extern struct lc_lock lc_depot_lock; /* held over fork (record/fork.c) */

#endif
