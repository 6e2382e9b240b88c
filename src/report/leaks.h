/* Live blocks as leaks: scanned for, where that is possible, and put together by kind, function and stack. */
#ifndef LC_REPORT_LEAKS_H
#define LC_REPORT_LEAKS_H

#include "report/collect.h"
#include "report/regions.h"
#include "report/suppressed.h"

struct lc_leaks {
    const struct lc_collect_input *in;
    const struct lc_regions *regions;
    struct lc_findings *out;
    struct lc_suppressed suppressed;
    struct lc_scan_result scan;
    bool is_scanned;
    uint64_t left_out; /* blocks that are nobody's leak: they count as freed */
};

/* Fills out->leaks, ->hanging, ->heuristics, and ->blocks if they are asked for; their sites name stacks by depot
 * number. 0, or -ENOMEM: then some are missing. */
int lc_leaks_collect(struct lc_leaks *l);

/* How much there is of each kind now, with the suppressions `rules` (suppressed.h; NULL: none) (LC_LEAK_UNFREED stays 0); all memory is given back. The world is resumed.
 * 0 or -errno: what is lost can't be found out. */
struct lc_leak_totals {
    uint64_t bytes[LC_LEAK_KIND_COUNT], blocks[LC_LEAK_KIND_COUNT];
};
int lc_leaks_count(const struct lc_options *options, struct lc_collect_scan *scan, const struct lc_suppressions *rules,
                   struct lc_leak_totals *out);

struct lc_site lc_leaks_site(const struct lc_collect_input *in, uint32_t stack, enum lc_function f);

#endif
