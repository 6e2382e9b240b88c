/* The regions of a map in groups that people think of as one thing: a module with its code and data, an arena, all
 * stacks of threads. */
#ifndef LC_TOOLS_MAP_GROUPS_H
#define LC_TOOLS_MAP_GROUPS_H

#include "report/findings.h"

#include <uthash.h>

/* What the bytes of a group are. */
enum lc_map_state {
    LC_MAP_RESIDENT,
    LC_MAP_SWAPPED,
    LC_MAP_ZERO,      /* only read */
    LC_MAP_UNTOUCHED,
    LC_MAP_CLOSED,    /* no access: reserved address space, guards */
    LC_MAP_UNKNOWN,
    LC_MAP_STATE_COUNT
};

struct lc_map_group {
    char *key; /* what it is, for people: escaped */
    UT_hash_handle hh;
    size_t regions;
    uint64_t bytes[LC_MAP_STATE_COUNT];
    struct lc_vm_region total; /* its range is as long as all of them, from the lowest address on; its resident, swapped */
    uint64_t leaked;
};

/* In the order of their first regions. Those of `f` are by address; only ones that `is_shown` has count, by index. */
struct lc_map_group *lc_map_groups_make(const struct lc_findings *f, const bool *is_shown, struct lc_namer *namer);
void lc_map_groups_free(struct lc_map_group *groups);

#endif
