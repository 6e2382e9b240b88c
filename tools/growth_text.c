#include "growth_text.h"

#include "mem.h"
#include "report/escape.h"

#include <stdlib.h>
#include <string.h>

#define LINE_BYTES 4096
#define HOUR_MS 3600000.0

/* "12.3M" */
static const char *size_text(char *text, size_t size, double bytes, bool has_sign)
{
    static const char units[] = "BKMGTPE";
    const char *sign = bytes < 0 ? "-" : has_sign && bytes > 0 ? "+" : "";
    size_t unit = 0;
    for (bytes = bytes < 0 ? -bytes : bytes; bytes >= 1000 && unit < sizeof units - 2; unit++)
        bytes /= 1024;
    unsigned long tenths = (unsigned long)(bytes * 10 + 0.5);
    if (unit == 0)
        lc_format(text, size, "%s%lu", sign, tenths / 10);
    else
        lc_format(text, size, "%s%lu.%lu%c", sign, tenths / 10, tenths % 10, units[unit]);
    return text;
}

static void put_line(struct lc_out *out, const char *line, size_t columns)
{
    size_t len = strlen(line);
    lc_out_fmt(out, "%.*s\n", (int)(columns && len > columns ? columns : len), line);
}

static double hours_between(const struct lc_spots *p, size_t first, size_t last)
{
    return (double)(p->epochs[last].unix_ms - p->epochs[first].unix_ms) / HOUR_MS;
}

static void put_head(struct lc_out *out, const struct lc_spots *p, const char *title, size_t columns)
{
    char line[LINE_BYTES], size[5][16];
    const struct lc_epoch *first = &p->epochs[0], *now = &p->epochs[p->count - 1], *before = &p->epochs[p->count > 1 ? p->count - 2 : 0];
    lc_format(line, sizeof line, "%s: look %zu, %lu s since the first; it stood still for %lu.%lu ms", title, p->count,
              (unsigned long)((now->unix_ms - first->unix_ms) / 1000), (unsigned long)now->pause_us / 1000,
              (unsigned long)now->pause_us / 100 % 10);
    put_line(out, line, columns);
    double seconds = (double)(now->unix_ms - before->unix_ms) / 1000;
    lc_format(line, sizeof line, "RSS %s (%s), live %s (%s) in %lu blocks, %lu allocations a second",
              size_text(size[0], sizeof size[0], (double)now->rss, false),
              size_text(size[1], sizeof size[1], (double)now->rss - (double)first->rss, true),
              size_text(size[2], sizeof size[2], (double)now->live_bytes, false),
              size_text(size[3], sizeof size[3], (double)now->live_bytes - (double)first->live_bytes, true),
              (unsigned long)now->live_blocks,
              seconds > 0 ? (unsigned long)((double)(now->allocations - before->allocations) / seconds) : 0);
    put_line(out, line, columns);
}

/* "grows" where it only does; since the first look, since the last one, bytes an hour, in how many of the last intervals it
 * grew, when it was first seen. */
static void put_place(struct lc_out *out, const struct lc_spots *p, const struct lc_spot *place, size_t columns)
{
    char line[LINE_BYTES], size[4][16], age[16], grew[24];
    size_t last = p->count - 1, first = lc_spot_first(p, place);
    struct lc_out text;
    lc_format(age, sizeof age, "%lu s", (unsigned long)(hours_between(p, first, last) * 3600));
    lc_format(grew, sizeof grew, "%zu/%zu", lc_spot_grew(p, place), last);
    size_t len = lc_format(line, sizeof line, "%-5s %8s %8lu %9s %9s %9s %7s %8s  %.8s ", lc_spot_only_grows(p, place) ? "GROWS" : "",
                           size_text(size[0], sizeof size[0], (double)place->bytes[last], false), (unsigned long)place->blocks[last],
                           size_text(size[1], sizeof size[1], (double)lc_spot_growth(p, place, 0), true),
                           size_text(size[2], sizeof size[2], (double)lc_spot_growth(p, place, last ? last - 1 : 0), true),
                           size_text(size[3], sizeof size[3], lc_spot_slope(p, place), true), grew, age, place->fingerprint);
    lc_out_init(&text, -1, line + len, sizeof line - len - 1);
    lc_escape_text(&text, place->where);
    line[len + text.len] = '\0';
    put_line(out, line, columns);
}

static bool is_of_interest(const struct lc_spots *p, const struct lc_spot *place)
{
    return p->count < 2 || lc_spot_growth(p, place, 0) || lc_spot_growth(p, place, p->count - 2);
}

void lc_growth_put(struct lc_out *out, struct lc_spots *p, const char *title, size_t rows, size_t columns)
{
    char line[128];
    size_t growing = 0, left = rows;
    if (!p->count)
        return;
    lc_spots_sort(p, 0);
    put_head(out, p, title, columns);
    lc_format(line, sizeof line, "%-5s %8s %8s %9s %9s %9s %7s %8s  %s", "", "LIVE", "BLOCKS", "SINCE 1ST", "SINCE LAST", "AN HOUR",
              "GREW", "SEEN FOR", "WHERE");
    put_line(out, line, columns);
    for (const struct lc_spot *place = p->table; place; place = place->hh.next) {
        growing += lc_spot_only_grows(p, place);
        if (left && is_of_interest(p, place)) {
            put_place(out, p, place, columns);
            left--;
        }
    }
    lc_format(line, sizeof line, "%zu only %s, of %u places", growing, growing == 1 ? "grows" : "grow", HASH_COUNT(p->table));
    put_line(out, line, columns);
}
