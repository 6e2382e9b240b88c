/* The findings of several processes as one: leaks and errors with the same stack become one record, whatever
 * the addresses at which each process had its modules. */
#ifndef LC_TOOLS_MERGE_H
#define LC_TOOLS_MERGE_H

#include "log_read.h"

struct lc_merge;

/* Over `count` logs, which stay in use. Stacks are given the addresses of the first process that had them;
 * totals are summed, but the peak is the largest. Regions, blocks and the process itself are not merged. */
struct lc_merge *lc_merge_open(const struct lc_log *logs, size_t count);
void lc_merge_close(struct lc_merge *m);

/* What may be sorted, and lives as long as `m`. */
struct lc_findings *lc_merge_findings(struct lc_merge *m);

/* Gives the leaks of the logs (those of lc_merge_open) the kinds that the merged ones have by now. These are in the order
 * in which they came. */
void lc_merge_spread(const struct lc_merge *m, struct lc_log *logs);

#endif
