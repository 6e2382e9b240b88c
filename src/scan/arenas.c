#include "scan/arenas.h"

#include "base/sys.h"
#include "scan/allocator.h"

/* glibc's malloc/malloc.c, struct malloc_state, and arena.c, heap_info. */
#define ARENA_TOP 96
#define ARENA_NEXT 2160
#define CHUNK_SIZE_AT 8
#define CHUNK_FLAGS ((uintptr_t)7)
#define HEAP_SIZE ((uintptr_t)64 << 20)

static uintptr_t word_at(uintptr_t address)
{
    uintptr_t word = 0;
    return lc_sys_copy(&word, address, sizeof word) == sizeof word ? word : 0;
}

static uintptr_t main_arena(const struct lc_vm_region *regions, size_t count, struct lc_range libc, const struct lc_residency *r)
{
    for (size_t i = 0; i < count; i++) {
        if (!lc_vm_region_is_writable(&regions[i]) || !lc_range_has(libc, regions[i].range.start))
            continue;
        for (struct lc_range rest = regions[i].range; !lc_range_is_empty(rest);) {
            struct lc_range run = lc_residency_next(r, rest), arena = lc_allocator_main_arena(run);
            if (!lc_range_is_empty(arena))
                return arena.start;
            rest.start = run.end;
        }
    }
    return 0;
}

void lc_arenas_find(struct lc_arenas *a, const struct lc_vm_region *regions, size_t count, struct lc_range libc,
                    const struct lc_residency *r)
{
    uintptr_t first = main_arena(regions, count, libc, r), at = first;
    a->count = 0;
    while (at && a->count < LC_ARENAS_MAX) { /* a ring */
        uintptr_t top = word_at(at + ARENA_TOP);
        a->at[a->count++] = (struct lc_arena_state){at, top ? word_at(top + CHUNK_SIZE_AT) & ~CHUNK_FLAGS : 0};
        at = word_at(at + ARENA_NEXT);
        if (at == first)
            break;
    }
}

size_t lc_arenas_of(const struct lc_arenas *a, const struct lc_vm_region *region)
{
    static const char *const brk[] = {"[heap]"};
    if (lc_vm_region_is_named(region, brk, 1))
        return 0;
    uintptr_t arena = word_at(lc_align_down(region->range.start, HEAP_SIZE));
    for (size_t i = 1; arena && i < a->count; i++)
        if (a->at[i].address == arena)
            return i;
    return a->count;
}
