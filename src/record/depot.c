#include "record/depot.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/vec.h"
#include "record/modules.h"

struct lc_lock lc_depot_lock;

static struct {
    struct lc_vec frames;
    struct lc_index index;
    uint32_t generation; /* atomic; counts retirements, so that caches are dropped */
} depot = {.frames = LC_VEC_OF(struct lc_depot_frame)};

static uint64_t hash_frame(uintptr_t address, uint32_t outer)
{
    return lc_hash_mix(address, outer);
}

static uint64_t hash_of(uint32_t id)
{
    const struct lc_depot_frame *f = lc_vec_at(&depot.frames, id);
    return hash_frame(f->address, f->outer);
}

static uint32_t look_up(uint64_t hash, uintptr_t address, uint32_t outer)
{
    struct lc_index_cursor cursor = lc_index_find(&depot.index, hash);
    uint32_t id;
    while ((id = lc_index_next(&cursor)) != LC_INDEX_END) {
        const struct lc_depot_frame *f = lc_vec_at(&depot.frames, id);
        if (__atomic_load_n(&f->address, __ATOMIC_RELAXED) == address && f->outer == outer)
            return id;
    }
    return LC_DEPOT_NONE;
}

static uint32_t insert(uint64_t hash, uintptr_t address, uint32_t outer)
{
    uintptr_t pc = address & LC_DEPOT_ADDRESS;
    struct lc_depot_frame f = {address, outer, lc_modules_at(address & LC_DEPOT_EXACT ? pc : pc - 1)};
    uint64_t signals;
    lc_lock_acquire(&lc_depot_lock, &signals);
    uint32_t id = look_up(hash, address, outer);
    if (id == LC_DEPOT_NONE) {
        id = lc_vec_push(&depot.frames, &f, "stacks");
        if (id != LC_DEPOT_NONE && !lc_index_add(&depot.index, hash, id, hash_of))
            id = LC_DEPOT_NONE;
    }
    lc_lock_release(&lc_depot_lock, &signals);
    return id;
}

static uint32_t intern_frame(struct lc_depot_cache *cache, uintptr_t address, uint32_t outer)
{
    unsigned place = (address ^ address >> 12 ^ outer * 0x9e3779b1u) % LC_DEPOT_CACHE;
    if (LC_LIKELY(cache->entries[place].address == address && cache->entries[place].outer == outer))
        return cache->entries[place].id;
    uint64_t hash = hash_frame(address, outer);
    uint32_t id = look_up(hash, address, outer);
    if (id == LC_DEPOT_NONE && (id = insert(hash, address, outer)) == LC_DEPOT_NONE)
        return id;
    cache->entries[place].address = address;
    cache->entries[place].outer = outer;
    cache->entries[place].id = id;
    return id;
}

static uintptr_t flagged(const struct lc_unwound *s, unsigned i)
{
    uintptr_t address = s->frames[i].pc & LC_DEPOT_ADDRESS;
    if (LC_UNLIKELY(s->frames[i].exact))
        address |= LC_DEPOT_EXACT;
    if (LC_UNLIKELY(s->truncated) && i == s->count - 1)
        address |= LC_DEPOT_CUT;
    return address;
}

static void drop_if_stale(struct lc_depot_cache *cache)
{
    uint32_t generation = __atomic_load_n(&depot.generation, __ATOMIC_ACQUIRE);
    if (LC_LIKELY(cache->generation == generation))
        return;
    *cache = (struct lc_depot_cache){.generation = generation};
}

/* A tag is the number of the stack from its frame outwards, plus 1. */
uint32_t lc_depot_intern(struct lc_depot_cache *cache, const struct lc_unwound *s)
{
    drop_if_stale(cache);
    unsigned i = 0;
    while (i < s->count && !s->frames[i].tag)
        i++;
    uint32_t id = i < s->count ? s->frames[i].tag - 1 : LC_DEPOT_NONE;
    while (i-- > 0) {
        id = intern_frame(cache, flagged(s, i), id);
        if (LC_UNLIKELY(id == LC_DEPOT_NONE))
            break;
        s->frames[i].tag = id + 1;
    }
    return id;
}

uint32_t lc_depot_count(void)
{
    return lc_vec_count(&depot.frames);
}

const struct lc_depot_frame *lc_depot_get(uint32_t frame)
{
    return lc_vec_at(&depot.frames, frame);
}

/* Frames inside of a retired one keep their `outer`, and are reached only through it: they need no mark. */
void lc_depot_retire_closed(void)
{
    uint64_t signals;
    lc_lock_acquire(&lc_depot_lock, &signals);
    for (uint32_t i = 0; i < depot.frames.count; i++) {
        struct lc_depot_frame *f = lc_vec_at(&depot.frames, i);
        if (f->module != UINT32_MAX && lc_modules_get(f->module)->is_closed)
            __atomic_store_n(&f->address, f->address | LC_DEPOT_RETIRED, __ATOMIC_RELAXED);
    }
    __atomic_fetch_add(&depot.generation, 1, __ATOMIC_RELEASE);
    lc_lock_release(&lc_depot_lock, &signals);
}
