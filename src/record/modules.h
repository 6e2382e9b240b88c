/* The modules whose code has been seen in stacks: name and build-id outlive a dlclose. */
#ifndef LC_RECORD_MODULES_H
#define LC_RECORD_MODULES_H

#include "base/lock.h"
#include "base/range.h"

#define LC_BUILD_ID_MAX 32 /* bytes; SHA-1 takes 20 */

struct lc_loaded_module {
    struct lc_range range; /* first to last mapped byte */
    uintptr_t bias;
    const void *link_map; /* the loader's identity of it */
    bool is_closed;
    uint8_t build_id_len;
    uint8_t build_id[LC_BUILD_ID_MAX];
    const char *path;
};

/* `executable` names the main program, which the loader keeps without a name. Once, before all else. */
void lc_modules_init(const char *executable);

/* The index of the module that `pc` lies in now, noting it if it is new; UINT32_MAX when in none. Asks
 * _dl_find_object, which takes no lock (glibc 2.35). Any thread that does not hold our locks. */
uint32_t lc_modules_at(uintptr_t pc);

uint32_t lc_modules_count(void);
const struct lc_loaded_module *lc_modules_get(uint32_t index);

/* Marks as closed what is no longer loaded: true if there was any. */
bool lc_modules_sweep(void);

extern struct lc_lock lc_modules_lock; /* held over fork (record/fork.c) */

#endif
