#include "record/site.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/vec.h"

struct lc_lock lc_site_lock;

static struct {
    struct lc_vec keys;
    struct lc_index index;
} sites = {.keys = LC_VEC_OF(struct lc_site_key)};

static uint64_t hash_key(struct lc_site_key k)
{
    return lc_hash_mix((uint64_t)k.stack << 32 | k.function, k.size);
}

static uint64_t hash_of(uint32_t id)
{
    return hash_key(lc_site_get(id));
}

static bool is_equal(struct lc_site_key a, struct lc_site_key b)
{
    return a.size == b.size && a.stack == b.stack && a.function == b.function;
}

static uint32_t look_up(uint64_t hash, struct lc_site_key key)
{
    struct lc_index_cursor cursor = lc_index_find(&sites.index, hash);
    uint32_t id;
    while ((id = lc_index_next(&cursor)) != LC_INDEX_END)
        if (is_equal(lc_site_get(id), key))
            return id;
    return LC_SITE_NONE;
}

static uint32_t insert(uint64_t hash, struct lc_site_key key)
{
    uint64_t signals;
    lc_lock_acquire(&lc_site_lock, &signals);
    uint32_t id = look_up(hash, key);
    if (id == LC_SITE_NONE && sites.keys.count < LC_SITE_MAX) {
        id = lc_vec_push(&sites.keys, &key, "sites");
        if (id != LC_SITE_NONE && !lc_index_add(&sites.index, hash, id, hash_of))
            id = LC_SITE_NONE;
    }
    lc_lock_release(&lc_site_lock, &signals);
    return id;
}

uint32_t lc_site_intern(struct lc_site_cache *cache, struct lc_site_key key)
{
    uint64_t hash = hash_key(key);
    unsigned place = hash % LC_SITE_CACHE;
    if (LC_LIKELY(cache && cache->entries[place].id_plus_1 && is_equal(cache->entries[place].key, key)))
        return cache->entries[place].id_plus_1 - 1;
    uint32_t id = look_up(hash, key);
    if (id == LC_SITE_NONE)
        id = insert(hash, key);
    if (cache) {
        cache->entries[place].key = key;
        cache->entries[place].id_plus_1 = id + 1; /* LC_SITE_NONE + 1 == 0: no entry */
    }
    return id;
}

uint32_t lc_site_count(void)
{
    return lc_vec_count(&sites.keys);
}

struct lc_site_key lc_site_get(uint32_t id)
{
    return *(const struct lc_site_key *)lc_vec_at(&sites.keys, id);
}
