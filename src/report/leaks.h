/* Live blocks as leaks: scanned for, where that is possible, and put together by kind, function and stack. */
#ifndef LC_REPORT_LEAKS_H
#define LC_REPORT_LEAKS_H

#include "report/collect.h"
#include "report/regions.h"

struct lc_leaks {
    const struct lc_collect_input *in;
    const struct lc_regions *regions;
    struct lc_findings *out;
    struct lc_scan_result scan;
    bool is_scanned;
    uint64_t left_out; /* blocks that are nobody's leak: they count as freed */
};

/* Fills out->leaks, ->hanging, ->heuristics, and ->blocks if they are asked for; their sites name stacks by depot
 * number. 0, or -ENOMEM: then some are missing. */
int lc_leaks_collect(struct lc_leaks *l);

struct lc_site lc_leaks_site(const struct lc_collect_input *in, uint32_t stack, enum lc_function f);

#endif
