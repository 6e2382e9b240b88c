/* What grows (spots.h), as a table. */
#ifndef LC_TOOLS_GROWTH_TEXT_H
#define LC_TOOLS_GROWTH_TEXT_H

#include "base/out.h"
#include "spots.h"

/* At most `rows` places, sorted, in lines of at most `columns` (0: as long as they are). */
void lc_growth_put(struct lc_out *out, struct lc_spots *p, const char *title, size_t rows, size_t columns);

#endif
