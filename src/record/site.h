/* Sites, interned: who allocated (stack and public function) and how much was asked for. A live block is
 * remembered as the number of its site. */
#ifndef LC_RECORD_SITE_H
#define LC_RECORD_SITE_H

#include "base/hash.h"
#include "base/vec.h"
#include "record/function.h"

/* A number is the site's index, with the family that may free its blocks above, so that a free need not look further. */
#define LC_SITE_FAMILY_SHIFT 28
#define LC_SITE_NUMBERS (4u << LC_SITE_FAMILY_SHIFT) /* they are below */
static_assert(LC_VEC_MAX <= 1u << LC_SITE_FAMILY_SHIFT, "every index fits");
#define LC_SITE_NONE UINT32_MAX

struct lc_site_key {
    uint64_t size;
    uint32_t stack; /* in depot.h, LC_DEPOT_NONE when none was captured */
    uint32_t function;
};

/* In `function`: the program has asked not to hear of these blocks (leakcheck.h). */
#define LC_SITE_IGNORED (1u << 7)
static_assert(LC_FN_COUNT <= LC_SITE_IGNORED, "a bit that no function has");

static inline enum lc_function lc_site_function(struct lc_site_key key)
{
    return (enum lc_function)(key.function & ~LC_SITE_IGNORED);
}

static inline bool lc_site_is_ignored(struct lc_site_key key)
{
    return key.function & LC_SITE_IGNORED;
}

/* A thread's own memory of recent sites, as long as the epoch is the same. Zero-initialised is valid; small at first, as
 * most threads see few sites, and their pages need not be touched. */
#define LC_SITE_CACHE_SMALL 1024
#define LC_SITE_CACHE_LARGE 4096
struct lc_site_cache {
    uint32_t misses, more_bits; /* of an index, once it is large */
    struct {
        uint64_t key; /* name ^ epoch */
        uint32_t id;
    } entries[LC_SITE_CACHE_LARGE];
};
extern uint64_t lc_site_epoch; /* atomic; a hash that changes with each retirement: then no key is found again */

static inline unsigned lc_site_cache_at(const struct lc_site_cache *cache, uint64_t key)
{
    return key >> 32 & (LC_SITE_CACHE_SMALL - 1 + cache->more_bits);
}

/* What a site is called before it has a number: by the name of its stack (unwind.h). */
static inline uint64_t lc_site_name(uint64_t stack_name, uint64_t size, uint32_t function)
{
    return lc_hash_mix(stack_name, size << 8 | function);
}

/* The number of the site with that name, or LC_SITE_NONE. Any thread, any signal handler. */
uint32_t lc_site_look_up(uint64_t name);

/* The slow half of lc_site_find. */
uint32_t lc_site_find_shared(struct lc_site_cache *cache, uint64_t name);

/* The same, each thread with a cache of its own. */
static LC_ALWAYS_INLINE uint32_t lc_site_find(struct lc_site_cache *cache, uint64_t name)
{
    const uint64_t key = name ^ __atomic_load_n(&lc_site_epoch, __ATOMIC_RELAXED);
    const unsigned i = lc_site_cache_at(cache, key);
    if (LC_LIKELY(cache->entries[i].key == key))
        return cache->entries[i].id;
    return lc_site_find_shared(cache, name);
}

/* The same, and where there is none a new one for `key`; LC_SITE_NONE when memory is exhausted. */
uint32_t lc_site_add(uint64_t name, const struct lc_site_key *key);

/* The number of the same site, ignored. */
uint32_t lc_site_ignored(uint32_t id);

/* The sites, by index [0, count). */
uint32_t lc_site_count(void);
static inline uint32_t lc_site_index(uint32_t number)
{
    return number & ((1u << LC_SITE_FAMILY_SHIFT) - 1);
}
static inline enum lc_family lc_site_family(uint32_t number)
{
    return (enum lc_family)(number >> LC_SITE_FAMILY_SHIFT);
}
extern struct lc_vec lc_sites; /* its owner is site.c */
/* By number or index. */
static inline struct lc_site_key lc_site_get(uint32_t number)
{
    return *(const struct lc_site_key *)lc_vec_at(&lc_sites, lc_site_index(number));
}

/* In a fork's child, before anything else is recorded: sites are found anew, so that a block tells by its site whether it
 * was inherited. The number of sites that were there before: theirs are lower. */
uint32_t lc_site_begin_anew(void);

/* After lc_depot_retire_closed: sites of stacks that are not found again aren't, either. */
void lc_site_retire(void);

#endif
