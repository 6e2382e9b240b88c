/* A map as a picture: a line a group of regions, with a bar of what its pages are. */
#ifndef LC_TOOLS_MAP_PICTURE_H
#define LC_TOOLS_MAP_PICTURE_H

#include "base/out.h"
#include "map_groups.h"

struct lc_map_canvas {
    unsigned columns; /* of a line, at least LC_MAP_COLUMNS_MIN */
    bool has_colour;
};
#define LC_MAP_COLUMNS_MIN 60u

/* For output to `fd`: as wide as COLUMNS says, else as the terminal is, else 80 columns; with colours on a terminal, if
 * the environment has no NO_COLOR (https://no-color.org) and does not call it dumb. */
struct lc_map_canvas lc_map_canvas(int fd);

void lc_map_picture(struct lc_out *out, const struct lc_map_group *groups, const struct lc_map_canvas *canvas);

/* How many of `width` cells each state has: together all of them, and at least one for whatever there is, if there is
 * room. Without any bytes all are LC_MAP_UNTOUCHED. */
void lc_map_cells(const uint64_t bytes[LC_MAP_STATE_COUNT], unsigned width, unsigned cells[LC_MAP_STATE_COUNT]);

#endif
