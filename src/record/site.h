/* Sites, interned: who allocated (stack and public function) and how much was asked for. A live block is
 * remembered as the number of its site. */
#ifndef LC_RECORD_SITE_H
#define LC_RECORD_SITE_H

#include "base/lock.h"
#include "record/function.h"

#define LC_SITE_MAX ((1u << 30) - 2) /* so many fit into a slot of the live table */
#define LC_SITE_NONE UINT32_MAX

struct lc_site_key {
    uint64_t size;
    uint32_t stack; /* in depot.h, LC_DEPOT_NONE when none was captured */
    uint32_t function;
};

/* In `function`: the program has asked not to hear of these blocks (leakcheck.h). */
#define LC_SITE_IGNORED (1u << 31)

static inline enum lc_function lc_site_function(struct lc_site_key key)
{
    return (enum lc_function)(key.function & ~LC_SITE_IGNORED);
}

static inline bool lc_site_is_ignored(struct lc_site_key key)
{
    return key.function & LC_SITE_IGNORED;
}

/* A thread's own memory of recent sites. Zero-initialised is valid. */
#define LC_SITE_CACHE 1024
struct lc_site_cache {
    struct {
        struct lc_site_key key;
        uint32_t id_plus_1;
    } entries[LC_SITE_CACHE];
};

/* The number of `key`, or LC_SITE_NONE when memory is exhausted. As lc_depot_intern; `cache` may be NULL. */
uint32_t lc_site_intern(struct lc_site_cache *cache, struct lc_site_key key);

uint32_t lc_site_count(void);
struct lc_site_key lc_site_get(uint32_t id);

extern struct lc_lock lc_site_lock; /* held over fork (record/fork.c) */

#endif
