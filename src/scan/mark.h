/* Marking: which blocks the words of a range lead to. Each phase is a flood over the blocks with an explicit list
 * of what is still to be scanned; when that is full, blocks are marked as pending and found again by a sweep. */
#ifndef LC_SCAN_MARK_H
#define LC_SCAN_MARK_H

#include "scan/blocks.h"
#include "scan/heuristics.h"
#include "vm/residency.h"

enum lc_phase {
    LC_PHASE_REACH,    /* a pointer to the start makes reachable; one to the inside is noted */
    LC_PHASE_POSSIBLE, /* any pointer makes possibly lost */
    LC_PHASE_POINT,    /* any pointer is noted, at lost blocks; nothing is flooded */
    LC_PHASE_VISIT,    /* the two passes that find the leaders of cycles */
    LC_PHASE_VISIT_AGAIN,
    LC_PHASE_INDIRECT /* any pointer makes indirectly lost */
};

struct lc_trail;

/* Blocks that have their class, by pointers into them, and where no block is: others like these change nothing. */
#define LC_TOLD_BLOCKS 512 /* by page, */
#define LC_TOLD_MAPPINGS 64 /* by 16 MiB, */
#define LC_TOLD_GAPS 64     /* and by region */
struct lc_told {
    struct lc_range blocks[LC_TOLD_BLOCKS], mappings[LC_TOLD_MAPPINGS], gaps[LC_TOLD_GAPS];
};

struct lc_marker {
    const struct lc_blocks *blocks;
    const struct lc_residency *residency;
    struct lc_segments segments;
    unsigned heuristics; /* a bit each */
    enum lc_phase phase;
    bool is_guarded;      /* threads that could not be stopped may unmap what is read: the kernel copies it */
    uintptr_t *copy;      /* where to */
    struct lc_told *told;
    lc_block_ref self;    /* the block being scanned, or the leader of the flood: its own pointers don't count */
    lc_block_ref *list;
    size_t count, capacity;
    bool has_pending;     /* some did not fit into the list */
    bool is_suppressing;  /* LC_PHASE_REACH: what is reached from now on is so from suppressed blocks */
    struct lc_trail *trail; /* NULL: who points where is not kept */
    /* LC_PHASE_INDIRECT: told of each block that is new. */
    void (*on_indirect)(void *context, lc_block_ref ref);
    void *context;
};

/* `most` bytes at most are used for the list. 0 or -ENOMEM. */
int lc_marker_init(struct lc_marker *m, size_t most);
void lc_marker_release(struct lc_marker *m);

/* Looks at the aligned words of `r`, where it is resident, and floods from there. */
void lc_marker_range(struct lc_marker *m, struct lc_range r);
/* The same of words of our own (copies of registers). */
void lc_marker_words(struct lc_marker *m, const uintptr_t *words, size_t count);
/* Looks at one block, and floods from there. */
void lc_marker_block(struct lc_marker *m, lc_block_ref ref);
/* Marks one block as reachable, whoever points to it, and floods. */
void lc_marker_hold(struct lc_marker *m, lc_block_ref ref);

static inline bool lc_mark_is_suppressed(uint8_t mark)
{
    return (mark & (LC_MARK_CLASS | LC_MARK_INTERIOR | LC_MARK_POINTED)) == (LC_REACHABLE | LC_MARK_POINTED);
}

static inline enum lc_heuristic lc_mark_heuristic(uint8_t mark)
{
    if ((mark & LC_MARK_CLASS) != LC_REACHABLE || !(mark & LC_MARK_INTERIOR))
        return LC_HEURISTIC_NONE;
    return (enum lc_heuristic)((mark & (LC_MARK_TAGGED | LC_MARK_POINTED)) / LC_MARK_TAGGED);
}

#endif
