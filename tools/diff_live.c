#include "diff.h"
#include "spots.h"
#include "report/escape.h"

#include <unistd.h>

enum change { SAME, NEW, GROWN, GONE, SHRUNK, CHANGES };

static const char *const words[CHANGES] = {"same", "new", "grown", "gone", "shrunk"};

static enum change change_of(const struct lc_spot *p)
{
    if (!p->blocks[0] || !p->blocks[1])
        return p->blocks[1] ? NEW : GONE;
    if (p->bytes[1] != p->bytes[0])
        return p->bytes[1] > p->bytes[0] ? GROWN : SHRUNK;
    return p->blocks[1] == p->blocks[0] ? SAME : p->blocks[1] > p->blocks[0] ? GROWN : SHRUNK;
}

static void put_signed(struct lc_out *out, const char *before, long n, const char *after)
{
    lc_out_fmt(out, "%s%c%'lu%s", before, n < 0 ? '-' : '+', (unsigned long)(n < 0 ? -n : n), after);
}

static void put_change(struct lc_out *out, enum change change, const struct lc_spots *places, const struct lc_spot *p)
{
    long lost = (long)(p->lost[1] - p->lost[0]);
    lc_out_fmt(out, "%-6s %s", words[change], p->fingerprint);
    put_signed(out, " ", lc_spot_growth(places, p, 0), " bytes");
    put_signed(out, " ", (long)(p->blocks[1] - p->blocks[0]), " blocks");
    lc_out_fmt(out, " (now %'lu in %'lu", (unsigned long)p->bytes[1], (unsigned long)p->blocks[1]);
    if (lost > 0)
        lc_out_fmt(out, "; %'lu more are lost", (unsigned long)lost);
    lc_out_str(out, ") ");
    lc_escape_text(out, p->where);
    lc_out_char(out, '\n');
}

static bool put_changes(struct lc_out *out, struct lc_spots *places, const struct lc_options *o)
{
    size_t counts[CHANGES] = {0};
    bool has_failed = false;
    lc_spots_sort(places, 0);
    for (const struct lc_spot *p = places->table; p; p = p->hh.next) {
        enum change change = change_of(p);
        counts[change]++;
        has_failed |= o->fail_on != LC_FAIL_NONE && p->lost[1] > p->lost[0];
        if (change != SAME || o->verbose)
            put_change(out, change, places, p);
    }
    const struct lc_epoch *e = places->epochs;
    lc_out_fmt(out, "%zu new, %zu grown, %zu gone, %zu shrunk, %zu the same", counts[NEW], counts[GROWN], counts[GONE],
               counts[SHRUNK], counts[SAME]);
    lc_out_fmt(out, "; in %lu.%lu s", (unsigned long)(e[1].unix_ms - e[0].unix_ms) / 1000,
               (unsigned long)(e[1].unix_ms - e[0].unix_ms) / 100 % 10);
    put_signed(out, " ", (long)(e[1].live_bytes - e[0].live_bytes), " bytes live,");
    put_signed(out, " ", (long)(e[1].rss - e[0].rss), " RSS\n");
    return has_failed;
}

/* False when it is not the log of a look. */
static bool read_look(struct lc_logs *logs, const char *path)
{
    lc_logs_read(logs, path);
    return logs->count == 1 && logs->at[0].is_log && logs->at[0].findings.moment.number;
}

int lc_diff_live(const char *old, const char *new, const struct lc_report_settings *settings)
{
    const struct lc_options *o = &settings->options;
    struct lc_logs before = {0}, after = {0};
    struct lc_spots places = {0};
    int status = -1;
    if (read_look(&before, old) && read_look(&after, new)) {
        char buffer[1 << 14];
        struct lc_out out;
        bool is_good = lc_logs_are_sound(&before) & lc_logs_are_sound(&after);
        is_good &= lc_spots_add(&places, &before, settings);
        is_good &= lc_spots_add(&places, &after, settings);
        lc_out_init(&out, STDOUT_FILENO, buffer, sizeof buffer);
        bool has_failed = put_changes(&out, &places, o);
        is_good &= lc_out_flush(&out) == 0;
        status = !is_good ? LC_EXIT_TROUBLE : !has_failed ? 0 : o->error_exitcode ? (int)o->error_exitcode : 1;
    }
    lc_spots_free(&places);
    lc_logs_free(&before);
    lc_logs_free(&after);
    return status;
}
