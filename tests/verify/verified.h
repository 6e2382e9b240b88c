/* What one process leaves in its file: these counts, then, as text, the stacks that differ. The file is mapped,
 * so that the counts are there however the process ends. verify.py reads it. */
#ifndef LC_TESTS_VERIFIED_H
#define LC_TESTS_VERIFIED_H

#include "base/compiler.h"

#define LC_VERIFIED_MAGIC "leakcheck-verify"

struct lc_verified_counts {
    char magic[sizeof LC_VERIFIED_MAGIC - 1];
    uint64_t stacks;      /* compared */
    uint64_t frames;      /* in them */
    uint64_t differences; /* stacks that are not the same */
    uint64_t cut;         /* stacks that go on beyond the limit */
    uint64_t lost;        /* stacks that end because nothing says how to go on */
    uint64_t interrupted; /* stacks with a frame that a signal has interrupted */
    uint64_t unrecorded;  /* captures that there was no memory to record */
    char program[4096 - 16 - 7 * 8];
};
static_assert(sizeof(struct lc_verified_counts) == 4096, "a page");

#endif
