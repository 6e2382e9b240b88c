#include "base/arena.h"

#include "base/sys.h"

#include <string.h>
#include <sys/mman.h>

#define OWN_CHUNK 510           /* ranges noted per page-sized chunk */
#define POOL_CHUNK ((size_t)256 << 10)
#define POOL_CLASSES 40         /* 16 bytes << class */
#define RESERVE_BYTES ((size_t)4 << 20)

/* The list of our own mappings: chunks linked in order, so that `index` stays what it was. */
struct own_chunk {
    struct own_chunk *next;
    struct lc_own ranges[OWN_CHUNK];
};

struct lc_lock lc_pool_lock, lc_pages_lock;

static struct {
    struct own_chunk first;
    struct own_chunk *last; /* NULL: first */
    size_t count;           /* ranges ever noted; atomic: read without the lock */
    uint64_t bytes;

    struct free_block {
        struct free_block *next;
    } *freed[POOL_CLASSES];
    char *bump, *bump_end;
} arena;

/* For a report where there is no more memory to be had; untouched until then, and so in no RAM. */
static struct {
    char memory[RESERVE_BYTES] __attribute__((aligned(LC_PAGE_SIZE)));
    size_t used;
    bool is_open;
} reserve;

static void *take_reserve(size_t len)
{
    size_t at = __atomic_fetch_add(&reserve.used, len, __ATOMIC_RELAXED);
    if (at <= RESERVE_BYTES && len <= RESERVE_BYTES - at)
        return reserve.memory + at;
    __atomic_fetch_sub(&reserve.used, len, __ATOMIC_RELAXED);
    return NULL;
}

static bool is_reserve(const void *p)
{
    return (uintptr_t)p - (uintptr_t)reserve.memory < RESERVE_BYTES;
}

static void *map_pages(size_t len)
{
    uintptr_t p = lc_sys_mmap(0, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (lc_sys_is_error(p))
        return reserve.is_open ? take_reserve(len) : NULL;
    return (void *)p;
}

static struct lc_own *own_at(size_t index)
{
    struct own_chunk *c = &arena.first;
    for (; index >= OWN_CHUNK; index -= OWN_CHUNK)
        c = c->next;
    return &c->ranges[index];
}

/* A place in the list: one given back by lc_pages_unmap, else a new one. */
static struct lc_own *own_place(void)
{
    for (size_t i = 0; i < arena.count; i++)
        if (lc_range_is_empty(own_at(i)->range))
            return own_at(i);
    if (arena.count && arena.count % OWN_CHUNK == 0) {
        struct own_chunk *more = map_pages(sizeof *more);
        if (!more)
            return NULL;
        (arena.last ? arena.last : &arena.first)->next = more;
        arena.last = more;
        arena.bytes += sizeof *more;
        more->ranges[0] = (struct lc_own){{(uintptr_t)more, (uintptr_t)more + sizeof *more}, "tables"};
        __atomic_store_n(&arena.count, arena.count + 1, __ATOMIC_RELEASE);
    }
    struct lc_own *place = own_at(arena.count);
    __atomic_store_n(&arena.count, arena.count + 1, __ATOMIC_RELEASE);
    return place;
}

void *lc_pages_map(size_t len, const char *what)
{
    len = lc_align_up(len, LC_PAGE_SIZE);
    void *p = map_pages(len);
    if (!p || is_reserve(p)) /* which is noted as our module's */
        return p;
    uint64_t signals;
    lc_lock_acquire(&lc_pages_lock, &signals);
    struct lc_own *place = own_place();
    if (place)
        *place = (struct lc_own){{(uintptr_t)p, (uintptr_t)p + len}, what};
    arena.bytes += len;
    lc_lock_release(&lc_pages_lock, &signals);
    return p;
}

void *lc_pages_map_now(size_t len, const char *what)
{
    void *p = lc_pages_map(len, what);
    if (p) /* since Linux 5.14; before, they come one by one */
        lc_sys_madvise((uintptr_t)p, lc_align_up(len, LC_PAGE_SIZE), MADV_POPULATE_WRITE);
    return p;
}

void lc_pages_unmap(void *p, size_t len)
{
    len = lc_align_up(len, LC_PAGE_SIZE);
    if (is_reserve(p)) {
        memset(p, 0, len);
        return;
    }
    uint64_t signals;
    lc_lock_acquire(&lc_pages_lock, &signals);
    for (size_t i = 0; i < arena.count; i++)
        if (own_at(i)->range.start == (uintptr_t)p)
            *own_at(i) = (struct lc_own){0};
    arena.bytes -= len;
    lc_lock_release(&lc_pages_lock, &signals);
    lc_sys_munmap((uintptr_t)p, len);
}

void *lc_pages_grow(void *items, size_t *capacity, size_t size, const char *what)
{
    size_t more = *capacity ? 2 * *capacity : LC_PAGE_SIZE / size;
    void *fresh = lc_pages_map(more * size, what);
    if (!fresh)
        return NULL;
    if (*capacity) {
        memcpy(fresh, items, *capacity * size);
        lc_pages_unmap(items, *capacity * size);
    }
    *capacity = more;
    return fresh;
}

bool lc_pages_own(size_t index, struct lc_own *out)
{
    if (index >= __atomic_load_n(&arena.count, __ATOMIC_ACQUIRE))
        return false;
    *out = *own_at(index);
    return true;
}

void lc_pages_open_reserve(void)
{
    reserve.is_open = true;
}

uint64_t lc_pages_own_bytes(void)
{
    return arena.bytes;
}

static unsigned size_class(size_t size)
{
    unsigned class = 0;
    while (((size_t)16 << class) < size)
        class++;
    return class;
}

/* Room for one block of `size`, which divides POOL_CHUNK or is larger than it. */
static void *pool_grow(size_t size)
{
    if (size > POOL_CHUNK / 4)
        return lc_pages_map(size, "tables");
    if ((size_t)(arena.bump_end - arena.bump) < size) {
        char *chunk = lc_pages_map(POOL_CHUNK, "tables");
        if (!chunk)
            return NULL;
        arena.bump = chunk;
        arena.bump_end = chunk + POOL_CHUNK;
    }
    void *p = arena.bump;
    arena.bump += size;
    return p;
}

void *lc_pool_alloc(size_t size)
{
    unsigned class = size_class(size);
    uint64_t signals;
    lc_lock_acquire(&lc_pool_lock, &signals);
    struct free_block *p = arena.freed[class];
    if (p)
        arena.freed[class] = p->next;
    else
        p = pool_grow((size_t)16 << class);
    lc_lock_release(&lc_pool_lock, &signals);
    return p;
}

void lc_pool_free(void *p, size_t size)
{
    if (!p)
        return;
    unsigned class = size_class(size);
    struct free_block *block = p;
    uint64_t signals;
    lc_lock_acquire(&lc_pool_lock, &signals);
    block->next = arena.freed[class];
    arena.freed[class] = block;
    lc_lock_release(&lc_pool_lock, &signals);
}

char *lc_pool_strdup(const char *s)
{
    size_t len = strlen(s) + 1;
    char *copy = lc_pool_alloc(len);
    if (copy)
        memcpy(copy, s, len);
    return copy;
}
