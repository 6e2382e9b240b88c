/* The verbs of recording: the only writer of everything in this folder. The doors call them, each with the
 * context of its caller (unwind.h). None allocates from the host, changes errno or prints; what can't be
 * recorded is counted. Any thread, any signal handler. */
#ifndef LC_RECORD_TRACK_H
#define LC_RECORD_TRACK_H

#include "base/range.h"
#include "record/errors.h"
#include "record/mappings.h"
#include "record/site.h"
#include "unwind/unwind.h"

struct lc_track_settings {
    unsigned granule; /* of the allocator's blocks: see heap.h */
};

/* Once, before any other. 0 or -ENOMEM: nothing must then be tracked. */
int lc_track_init(const struct lc_track_settings *s);

/* A block was allocated. */
void lc_track_alloc(void *p, size_t size, enum lc_function f, const struct lc_context *caller);

/* A block is about to be given back, `p` not NULL. A wrong free is noted. */
void lc_track_free(void *p, enum lc_function f, const struct lc_context *caller);

/* realloc: takes the block before the allocator can hand its address to another thread; one of the two
 * others follows. */
struct lc_ticket {
    uintptr_t address;
    uint32_t site; /* LC_SITE_NONE: nothing was taken */
};
struct lc_ticket lc_track_take(void *p, enum lc_function f, const struct lc_context *caller);
void lc_track_restore(struct lc_ticket t);

/* A C++ door hands on to the program's runtime, which may come back through malloc's and free's doors. While a
 * door is open these note instead of recording; leaving records the door's own block, under its own name, and
 * leaving the outermost door whatever else was allocated inside. enter is false when there is no memory to
 * note anything in: then there must be no leave. */
bool lc_track_enter(const struct lc_context *caller);
void lc_track_leave(void *p, size_t size, enum lc_function f, const struct lc_context *caller);
/* The same for delete: its block is taken at once, and the free inside it is not noted. `*outer` is for leave. */
bool lc_track_enter_delete(void *p, enum lc_function f, const struct lc_context *caller, uintptr_t *outer);
void lc_track_leave_delete(uintptr_t outer, const struct lc_context *caller);

/* Until as many calls of enable, what this thread allocates is nobody's leak. */
void lc_track_disable(void);
void lc_track_enable(void);
/* The block at `p` is nobody's leak; false when none starts there. It is the caller's, who frees it not meanwhile. */
bool lc_track_ignore(const void *p);

/* The program mapped or unmapped memory itself. */
void lc_track_map(struct lc_range range, enum lc_function f, const struct lc_context *caller);
void lc_track_unmap(struct lc_range range);

/* mremap: as for realloc, of the mapping that `range` begins in; range empty when nothing was known. */
struct lc_mapping lc_track_take_mapping(struct lc_range range);
void lc_track_restore_mapping(struct lc_mapping m);

/* shmdt: the mapping that starts at `start` goes, whatever its size. */
void lc_track_detach(uintptr_t start);

/* dlclose returned: stacks through what it unmapped are told apart from later ones. */
void lc_track_modules_changed(void);

#endif
