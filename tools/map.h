/* leakcheck-report --map: the memory of a process, of a log or a running one, as table, summary and picture. */
#ifndef LC_TOOLS_MAP_H
#define LC_TOOLS_MAP_H

#include "report.h"

enum lc_map_sort { LC_MAP_BY_ADDRESS, LC_MAP_BY_RSS, LC_MAP_BY_VIRTUAL, LC_MAP_BY_SWAP, LC_MAP_BY_LEAKED };

#define LC_MAP_PICTURE 1u
#define LC_MAP_SUMS 2u
#define LC_MAP_TABLE 4u
#define LC_MAP_ALL 7u

struct lc_map_settings {
    unsigned parts;     /* LC_MAP_..., 0: no map is asked for */
    uint64_t kinds;     /* of regions, a bit each; 0: all */
    const char *filter; /* what must stand in what a region is; NULL: nothing */
    enum lc_map_sort sort;
};

/* Set a part of them from an argument: NULL, or in one line what is wrong with it (valid until the next call). */
const char *lc_map_set_parts(struct lc_map_settings *s, const char *text);
const char *lc_map_set_kinds(struct lc_map_settings *s, const char *text);
const char *lc_map_set_sort(struct lc_map_settings *s, const char *text);

/* Prints the map of each process that `what` has, a log or a pid (which a file of that name is preferred to): an exit
 * status. What can't be read is told, and the rest is printed. */
int lc_map(char *const *what, size_t count, const struct lc_map_settings *settings, const struct lc_report_settings *report);

#endif
