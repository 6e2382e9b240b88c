#include "map_picture.h"


#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_USUAL 80u
#define COLUMNS_MAX 500u
#define FIGURES_WIDTH 18u /* of what is not bar or label */
#define LABEL_WIDTH_MAX 40u

static const struct {
    char mark;
    const char *colour; /* of its cells: SGR parameters */
    const char *meaning;
} states[] = {
    [LC_MAP_RESIDENT] = {'#', "32", "in RAM"},       [LC_MAP_SWAPPED] = {'s', "31", "in swap"},
    [LC_MAP_ZERO] = {'0', "36", "only read"},        [LC_MAP_UNTOUCHED] = {'.', "2", "never touched"},
    [LC_MAP_CLOSED] = {'-', "2", "no access"},       [LC_MAP_UNKNOWN] = {'?', "33", "not known"},
};
static_assert(LC_ARRAY_LEN(states) == LC_MAP_STATE_COUNT, "a mark for every state");

static unsigned columns_of(int fd)
{
    struct winsize size;
    const char *told = getenv("COLUMNS");
    long columns = told ? strtol(told, NULL, 10) : 0;
    if (columns <= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (columns <= 0)
        return COLUMNS_USUAL;
    return columns < (long)LC_MAP_COLUMNS_MIN ? LC_MAP_COLUMNS_MIN : columns > (long)COLUMNS_MAX ? COLUMNS_MAX : (unsigned)columns;
}

struct lc_map_canvas lc_map_canvas(int fd)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");
    bool is_dumb = !terminal || strcmp(terminal, "dumb") == 0;
    return (struct lc_map_canvas){columns_of(fd), isatty(fd) && !is_dumb && !(no_colour && *no_colour)};
}

void lc_map_cells(const uint64_t bytes[LC_MAP_STATE_COUNT], unsigned width, unsigned cells[LC_MAP_STATE_COUNT])
{
    uint64_t total = 0;
    unsigned used = 0, largest = LC_MAP_UNTOUCHED;
    for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++)
        total += bytes[i];
    for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++) {
        cells[i] = total ? (unsigned)((unsigned __int128)bytes[i] * width / total) : 0;
        if (bytes[i] && !cells[i])
            cells[i] = 1;
        used += cells[i];
        if (bytes[i] > bytes[largest])
            largest = i;
    }
    cells[largest] = cells[largest] + width - used; /* which has the most to lose, or to give */
}

static void put_cells(struct lc_out *out, const struct lc_map_group *g, unsigned width, bool has_colour)
{
    unsigned cells[LC_MAP_STATE_COUNT];
    lc_map_cells(g->bytes, width, cells);
    for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++) {
        if (!cells[i])
            continue;
        if (has_colour)
            lc_out_fmt(out, "\033[%sm", states[i].colour);
        lc_out_repeat(out, states[i].mark, cells[i]);
        if (has_colour)
            lc_out_str(out, "\033[m");
    }
}

static const char *shown_label(const struct lc_map_group *g)
{
    const char *slash = g->key[0] == '/' ? strrchr(g->key, '/') : NULL;
    return slash && slash[1] ? slash + 1 : g->key;
}

/* Cut at the end where there is no room: what is first tells the most. */
static void put_label(struct lc_out *out, const char *label, unsigned width)
{
    size_t len = strlen(label);
    bool is_cut = len > width;
    if (is_cut)
        for (len = width - 2; len && ((unsigned char)label[len] & 0xc0) == 0x80;) /* not inside of a character */
            len--;
    lc_out_mem(out, label, len);
    lc_out_str(out, is_cut ? ".." : "");
}

static void put_group(struct lc_out *out, const struct lc_map_group *g, const struct lc_map_canvas *canvas, unsigned label_width)
{
    char resident[16], size[16];
    bool is_known = g->bytes[LC_MAP_UNKNOWN] == 0;
    lc_out_fmt(out, "%6s %6s |", is_known ? lc_format_size(resident, g->total.resident) : "-",
               lc_format_size(size, lc_range_size(g->total.range)));
    put_cells(out, g, canvas->columns - FIGURES_WIDTH - label_width, canvas->has_colour);
    lc_out_str(out, "|  ");
    put_label(out, shown_label(g), label_width);
    lc_out_char(out, '\n');
}

static void put_legend(struct lc_out *out, const struct lc_map_group *groups)
{
    const char *separator = "   RSS   SIZE  ";
    for (unsigned i = 0; i < LC_MAP_STATE_COUNT; i++) {
        bool is_there = false;
        for (const struct lc_map_group *g = groups; g && !is_there; g = g->hh.next)
            is_there = g->bytes[i];
        if (!is_there)
            continue;
        lc_out_fmt(out, "%s%c %s", separator, states[i].mark, states[i].meaning);
        separator = "   ";
    }
    lc_out_char(out, '\n');
}

void lc_map_picture(struct lc_out *out, const struct lc_map_group *groups, const struct lc_map_canvas *canvas)
{
    unsigned longest = 0, most = canvas->columns / 3 < LABEL_WIDTH_MAX ? canvas->columns / 3 : LABEL_WIDTH_MAX;
    for (const struct lc_map_group *g = groups; g; g = g->hh.next)
        if (strlen(shown_label(g)) > longest)
            longest = (unsigned)strlen(shown_label(g));
    put_legend(out, groups);
    for (const struct lc_map_group *g = groups; g; g = g->hh.next)
        put_group(out, g, canvas, longest < most ? longest : most);
    lc_out_char(out, '\n');
}
