/* From marked blocks to classes. What roots lead to has been marked as reachable, and noted where they lead into
 * a block's inside; here the rest is told apart: what is possibly lost, what is lost, and which of the lost
 * blocks lead to the others.
 *
 * A leader is a block that no other lost block points to. What is left after all that hangs from those has been
 * taken away lies on cycles, or hangs from them: of each cycle that no other leads to, the block with the lowest address is
 * the leader. (Of the strongly connected components of the graph of lost blocks, these are the sources.) */
#ifndef LC_SCAN_CLASSIFY_H
#define LC_SCAN_CLASSIFY_H

#include "scan/mark.h"

/* What hangs from `leader`, as far as no leader before it has it: called for each block, in the order of leaders'
 * addresses. */
typedef void lc_hanging_fn(void *context, lc_block_ref leader, lc_block_ref ref);

/* Leaves each block of m->blocks with its class: a leader stays LC_UNREACHED, and LC_MARK_POINTED if it lies on a
 * cycle. 0, or -ENOMEM: then some cycles have more than one leader. */
int lc_classify(struct lc_marker *m, lc_hanging_fn *hanging, void *context);

#endif
