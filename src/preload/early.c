#include "preload/early.h"

#define HEADER 16 /* the block's size stands before it */

char lc_early_memory[LC_EARLY_BYTES] __attribute__((aligned(64)));

static size_t used;
static uint64_t blocks;

void *lc_early_alloc(size_t size, size_t alignment)
{
    if (size > LC_EARLY_BYTES || alignment > LC_EARLY_BYTES)
        return NULL;
    if (alignment < HEADER)
        alignment = HEADER;
    size_t room = lc_align_up(size, HEADER) + HEADER + alignment;
    size_t start = __atomic_fetch_add(&used, room, __ATOMIC_RELAXED);
    if (start + room > LC_EARLY_BYTES)
        return NULL;
    uintptr_t p = lc_align_up((uintptr_t)lc_early_memory + start + HEADER, alignment);
    *(size_t *)(p - HEADER) = size;
    __atomic_fetch_add(&blocks, 1, __ATOMIC_RELAXED);
    return (void *)p;
}

size_t lc_early_size(const void *p)
{
    return *(const size_t *)((uintptr_t)p - HEADER);
}

uint64_t lc_early_blocks(void)
{
    return blocks;
}

struct lc_range lc_early_used(void)
{
    const uintptr_t start = (uintptr_t)lc_early_memory;
    return (struct lc_range){start, start + (used < LC_EARLY_BYTES ? used : LC_EARLY_BYTES)};
}
