/* What blocks are in memory: of each leak, of each kind, of each arena. */
#ifndef LC_REPORT_FOOTPRINTS_H
#define LC_REPORT_FOOTPRINTS_H

#include "report/leaks.h"

/* Of one mapping of a leak. */
void lc_footprints_add_mapping(struct lc_leaks *l, struct lc_leak *leak, struct lc_range range);

/* Fills the footprints of l->out->leaks, of the kinds, and l->out->arenas. `leak_of` tells the leak of the blocks of a
 * site and class (by site * LC_CLASS_COUNT + class), + 1. The world stands still. */
void lc_footprints_collect(struct lc_leaks *l, const uint32_t *leak_of);

#endif
