#include "scan/trail.h"

#include "base/arena.h"

#include <errno.h>

#define REGION_COUNT ((size_t)1 << (LC_HEAP_ADDRESS_BITS - LC_HEAP_REGION_BITS))

static size_t region_bytes(const struct lc_trail *t)
{
    return (LC_BLOCKS_REGION_SIZE >> t->blocks->granule_bits) * sizeof(uintptr_t);
}

int lc_trail_init(struct lc_trail *t, const struct lc_blocks *blocks)
{
    *t = (struct lc_trail){.blocks = blocks};
    t->words = lc_pages_map(REGION_COUNT * sizeof t->words[0], "scan");
    t->extra_words = lc_pages_map((blocks->extra_count + 1) * sizeof t->extra_words[0], "scan");
    bool is_complete = t->words && t->extra_words;
    for (size_t i = 0; is_complete && i < blocks->region_count; i++) {
        uintptr_t *words = lc_pages_map(region_bytes(t), "scan");
        t->words[blocks->regions[i] >> LC_HEAP_REGION_BITS] = words;
        is_complete = words;
    }
    if (is_complete)
        return 0;
    lc_trail_release(t);
    return -ENOMEM;
}

void lc_trail_release(struct lc_trail *t)
{
    for (size_t i = 0; t->words && i < t->blocks->region_count; i++) {
        uintptr_t *words = t->words[t->blocks->regions[i] >> LC_HEAP_REGION_BITS];
        if (words)
            lc_pages_unmap(words, region_bytes(t));
    }
    if (t->words)
        lc_pages_unmap(t->words, REGION_COUNT * sizeof t->words[0]);
    if (t->extra_words)
        lc_pages_unmap(t->extra_words, (t->blocks->extra_count + 1) * sizeof t->extra_words[0]);
    *t = (struct lc_trail){0};
}

static uintptr_t *word_of(const struct lc_trail *t, lc_block_ref ref)
{
    if (ref & LC_EXTRA_BIT)
        return &t->extra_words[ref & ~LC_EXTRA_BIT];
    return &t->words[ref >> LC_HEAP_REGION_BITS][lc_blocks_granule(t->blocks, ref)];
}

void lc_trail_note(struct lc_trail *t, lc_block_ref ref, uintptr_t at, bool is_start)
{
    uintptr_t *word = word_of(t, ref);
    if (is_start || !*word)
        *word = at;
}

uintptr_t lc_trail_get(const struct lc_trail *t, lc_block_ref ref)
{
    return *word_of(t, ref);
}
