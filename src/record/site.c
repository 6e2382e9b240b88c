#include "record/site.h"

#include "base/table.h"
#include "base/vec.h"
#include "record/depot.h"

uint64_t lc_site_epoch;

struct lc_vec lc_sites = LC_VEC_OF(struct lc_site_key);
static struct lc_table by_name; /* number + 1 */

uint32_t lc_site_look_up(uint64_t name)
{
    return (uint32_t)(lc_table_find(&by_name, name) - 1);
}

static void remember(struct lc_site_cache *cache, uint64_t key, uint32_t id)
{
    if (++cache->misses == LC_SITE_CACHE_SMALL)
        cache->more_bits = LC_SITE_CACHE_LARGE - LC_SITE_CACHE_SMALL;
    const unsigned i = lc_site_cache_at(cache, key);
    cache->entries[i].key = key;
    cache->entries[i].id = id;
}

LC_NOINLINE uint32_t lc_site_find_shared(struct lc_site_cache *cache, uint64_t name)
{
    const uint64_t epoch = __atomic_load_n(&lc_site_epoch, __ATOMIC_ACQUIRE);
    const uint32_t id = lc_site_look_up(name);
    if (id != LC_SITE_NONE)
        remember(cache, name ^ epoch, id);
    return id;
}

uint32_t lc_site_add(uint64_t name, const struct lc_site_key *key)
{
    const uint32_t index = lc_vec_claim(&lc_sites, "sites");
    if (index == UINT32_MAX)
        return LC_SITE_NONE;
    *(struct lc_site_key *)lc_vec_at(&lc_sites, index) = *key;
    const uint32_t id = index | (uint32_t)lc_function_family(lc_site_function(*key)) << LC_SITE_FAMILY_SHIFT;
    return (uint32_t)(lc_table_add(&by_name, name, (uint64_t)id + 1, "sites") - 1);
}

uint32_t lc_site_ignored(uint32_t id)
{
    struct lc_site_key key = lc_site_get(id);
    key.function |= LC_SITE_IGNORED;
    /* By the number of its stack: what that is called is not known any more. */
    const uint64_t name = lc_site_name(lc_hash_name((uint64_t)1 << 32 | key.stack), key.size, key.function);
    const uint32_t known = lc_site_look_up(name);
    return known != LC_SITE_NONE ? known : lc_site_add(name, &key);
}

uint32_t lc_site_count(void)
{
    return lc_vec_count(&lc_sites);
}

static bool is_current(uint64_t value)
{
    return !lc_depot_is_retired(lc_site_get((uint32_t)value - 1).stack);
}

static void begin_epoch(void)
{
    static uint64_t count; /* atomic */
    const uint64_t epoch = lc_hash_name(__atomic_add_fetch(&count, 1, __ATOMIC_RELAXED));
    __atomic_store_n(&lc_site_epoch, epoch, __ATOMIC_RELEASE);
}

void lc_site_retire(void)
{
    lc_table_filter(&by_name, is_current);
    begin_epoch();
}

/* What was found is forgotten in place: the parent's pages stay shared as long as nobody writes to them. */
uint32_t lc_site_begin_anew(void)
{
    by_name = (struct lc_table){0};
    begin_epoch();
    return lc_site_count();
}
