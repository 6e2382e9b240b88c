/* The places in a program that have memory, over several looks at it: what grows. A place is the functions that an allocation was
 * made by (fingerprint.h), whatever becomes of it. */
#ifndef LC_TOOLS_SPOTS_H
#define LC_TOOLS_SPOTS_H

#include "report.h"

#include <uthash.h>

#define LC_EPOCHS 64 /* looks that are kept; when there are more, every other one is given up */

struct lc_spot {
    char fingerprint[LC_FINGERPRINT_SIZE]; /* key */
    UT_hash_handle hh;
    char *where; /* from outside */
    uint64_t bytes[LC_EPOCHS], blocks[LC_EPOCHS];
    uint64_t lost[LC_EPOCHS]; /* of the bytes: in leaks that count (--errors-for-leak-kinds) */
};

struct lc_epoch {
    uint64_t unix_ms, live_bytes, live_blocks, rss;
    uint64_t pause_us, allocations;
};

struct lc_spots {
    struct lc_spot *table;
    struct lc_epoch epochs[LC_EPOCHS];
    size_t count;
};

/* One more look: the findings of `logs`, judged. False, and told, where something could not be read. */
bool lc_spots_add(struct lc_spots *p, struct lc_logs *logs, const struct lc_report_settings *settings);
void lc_spots_free(struct lc_spots *p);

/* What the last look has more than look `since`; negative: less. */
int64_t lc_spot_growth(const struct lc_spots *p, const struct lc_spot *place, size_t since);
/* In how many of the last intervals, without one between in which it did not, it grew. */
size_t lc_spot_grew(const struct lc_spots *p, const struct lc_spot *place);
/* Bytes an hour, by the line that fits the looks best. */
double lc_spot_slope(const struct lc_spots *p, const struct lc_spot *place);
/* The look in which it was first seen. */
size_t lc_spot_first(const struct lc_spots *p, const struct lc_spot *place);
/* It only grows: it has in the second half of the looks, has never shrunk in it, and stood still in no more than half of its
 * intervals. A cache that fills and stays is none. Of less than four looks nothing is said. */
bool lc_spot_only_grows(const struct lc_spots *p, const struct lc_spot *place);

/* Those that only grow first, then by growth since look `since`. */
void lc_spots_sort(struct lc_spots *p, size_t since);

#endif
