/* Who points where, kept when a run asks for the way to a block (--show-root-path, --why): for each block the word
 * through which it was found first. */
#ifndef LC_SCAN_TRAIL_H
#define LC_SCAN_TRAIL_H

#include "scan/blocks.h"

struct lc_trail {
    const struct lc_blocks *blocks;
    uintptr_t **words;      /* by region: one a granule */
    uintptr_t *extra_words; /* of blocks in no slot */
};

/* 0 or -ENOMEM. */
int lc_trail_init(struct lc_trail *t, const struct lc_blocks *blocks);
void lc_trail_release(struct lc_trail *t);

/* The word at `at` led to `ref`: to its start (which counts for more), or inside. */
void lc_trail_note(struct lc_trail *t, lc_block_ref ref, uintptr_t at, bool is_start);

/* The address of the word, 0 when there is none. */
uintptr_t lc_trail_get(const struct lc_trail *t, lc_block_ref ref);

#endif
