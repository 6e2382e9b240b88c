/* Which blocks are lost. */
#ifndef LC_SCAN_SCAN_H
#define LC_SCAN_SCAN_H

#include "base/options.h"
#include "scan/blocks.h"
#include "scan/frames.h"
#include "scan/heuristics.h"
#include "scan/root.h"
#include "scan/self.h"
#include "scan/world.h"
#include "vm/hints.h"
#include "vm/region.h"
#include "vm/residency.h"

enum lc_class {
    LC_CLASS_DEFINITE, /* nothing leads to it */
    LC_CLASS_INDIRECT, /* only a lost block leads to it */
    LC_CLASS_POSSIBLE, /* only pointers to its inside do */
    LC_CLASS_TAGGED,   /* only words do that are pointers once their tag bits are masked */
    LC_CLASS_REACHABLE,
    LC_CLASS_SUPPRESSED, /* only suppressed blocks, or nothing, lead to it */
    LC_CLASS_COUNT
};

/* What the blocks of one site are. */
struct lc_site_tally {
    uint32_t blocks[LC_CLASS_COUNT];
    uint32_t cycles;         /* definitely lost blocks that one of those that hang from them leads back to */
    uint64_t hanging_blocks; /* what hangs from the site's definitely lost blocks */
    uint64_t hanging_bytes;
};

struct lc_lost_mapping {
    struct lc_range range;
    uint32_t stack;
    enum lc_function function;
    bool is_suppressed;
    uint64_t hanging_blocks, hanging_bytes;
};

/* What hangs from one site's definitely lost blocks, by its own site; `--show-tree`. */
struct lc_hanging {
    uint32_t leader, site;
    uint64_t blocks;
};

struct lc_scan_input {
    const struct lc_options *options;
    const struct lc_world *world; /* stopped */
    const struct lc_self *self;
    const struct lc_vm_region *regions; /* by address, kinds set */
    size_t region_count;
    const struct lc_residency *residency; /* of the regions that may hold blocks */
    const struct lc_vm_hints *hints; /* sorted */
    struct lc_range libc, loader;    /* libc.so, ld.so */
    struct lc_range early;           /* blocks from before the start, which are in no table; may be empty */
    struct lc_range allocator;       /* the module malloc's blocks come from; libc for glibc's */
    bool (*is_suppressed)(const void *suppressed, uint32_t stack, enum lc_function f); /* NULL: nothing is */
    const void *suppressed;
};

struct lc_scan_result {
    struct lc_site_tally *sites; /* by site */
    uint32_t site_count;
    struct lc_lost_mapping *mappings;
    size_t mapping_count;
    struct lc_hanging *hanging;
    size_t hanging_count;
    uint64_t heuristic_blocks[LC_HEURISTIC_COUNT], heuristic_bytes[LC_HEURISTIC_COUNT];
    uint64_t runtime_blocks; /* the loader's own: in no count above */
    uint64_t ignored_blocks; /* as the program asked: in no count above */
    struct lc_scan_kept *kept; /* for lc_scan_hop(), or NULL */
    struct lc_blocks blocks; /* with their marks, for lc_scan_class() */
};

/* Classifies the live blocks and the program's mappings. Memory of our own, never given back but by
 * lc_scan_release(). 0; or -errno, and there is no result. While the world is stopped; nothing is recorded
 * meanwhile. */
int lc_scan(struct lc_scan_result *out, const struct lc_scan_input *in);
void lc_scan_release(struct lc_scan_result *out);

/* The word that led to a block first. */
struct lc_hop {
    uintptr_t word;             /* its address */
    lc_block_ref block;         /* which it lies in, or LC_BLOCK_NONE: */
    const struct lc_root *root; /* then this; NULL when nothing is known of it */
    const struct lc_stack_frame *frame; /* of a stack: the frame it is in, NULL when not known */
};
/* False when nothing led to it: it is lost, or held whoever points to it; or the options did not ask for trails
 * (show-root-path, why). */
bool lc_scan_hop(const struct lc_scan_result *r, lc_block_ref ref, struct lc_hop *out);

/* The class of a block, from its mark. */
enum lc_class lc_scan_class(uint8_t mark);

/* Whether the site's blocks are the loader's own (`loader`: its code): never a finding. */
bool lc_scan_is_runtime(uint32_t site, struct lc_range loader);

#endif
