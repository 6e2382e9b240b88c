#include "diff.h"

#include "report/escape.h"
#include "tally_read.h"

#include <unistd.h>

enum change { SAME, NEW, GROWN, GONE, SHRUNK, CHANGES };

static const char *const words[CHANGES] = {"same", "new", "grown", "gone", "shrunk"};

static enum change compare(const struct lc_tally_entry *before, const struct lc_tally_entry *after)
{
    if (!before)
        return NEW;
    if (!after)
        return GONE;
    if (after->bytes > before->bytes || after->blocks > before->blocks)
        return GROWN;
    return after->bytes < before->bytes || after->blocks < before->blocks ? SHRUNK : SAME;
}

static void put_signed(struct lc_out *out, uint64_t before, uint64_t after, const char *unit)
{
    bool is_less = after < before;
    lc_out_fmt(out, " %c%'lu %s", is_less ? '-' : '+', (unsigned long)(is_less ? before - after : after - before), unit);
}

static void put_change(struct lc_out *out, enum change change, const struct lc_tally_entry *before,
                       const struct lc_tally_entry *after)
{
    const struct lc_tally_entry *e = after ? after : before;
    lc_out_fmt(out, "%-6s %s %-10s", words[change], e->fingerprint, e->kind);
    put_signed(out, before ? before->bytes : 0, after ? after->bytes : 0, "bytes");
    put_signed(out, before ? before->blocks : 0, after ? after->blocks : 0, "blocks: ");
    lc_escape_text(out, e->what);
    lc_out_char(out, '\n');
}

static bool fails(enum change change, const struct lc_tally_entry *after, const struct lc_options *o)
{
    bool is_worse = change == NEW || change == GROWN;
    switch ((enum lc_fail_on)o->fail_on) {
    case LC_FAIL_AUTO:
    case LC_FAIL_NEW:
        return is_worse;
    case LC_FAIL_OWN:
        return is_worse && after->is_own;
    case LC_FAIL_ANY:
        return after;
    case LC_FAIL_NONE:
        break;
    }
    return false;
}

static bool put_changes(struct lc_out *out, lc_tally before, lc_tally after, const struct lc_options *o)
{
    size_t counts[CHANGES] = {0};
    bool has_failed = false;
    for (const struct lc_tally_entry *e = after; e; e = e->hh.next) {
        const struct lc_tally_entry *old = lc_tally_find(before, e->fingerprint);
        enum change change = compare(old, e);
        counts[change]++;
        has_failed |= fails(change, e, o);
        if (change != SAME || o->verbose)
            put_change(out, change, old, e);
    }
    for (const struct lc_tally_entry *e = before; e; e = e->hh.next)
        if (!lc_tally_find(after, e->fingerprint)) {
            counts[GONE]++;
            put_change(out, GONE, e, NULL);
        }
    lc_out_fmt(out, "%zu new, %zu grown, %zu gone, %zu shrunk, %zu the same\n", counts[NEW], counts[GROWN], counts[GONE],
               counts[SHRUNK], counts[SAME]);
    return has_failed;
}

int lc_diff(char *old, char *new, const struct lc_report_settings *settings)
{
    const struct lc_options *o = &settings->options;
    lc_tally before = NULL, after = NULL;
    int status = lc_diff_live(old, new, settings);
    if (status >= 0)
        return status;
    char buffer[1 << 14];
    struct lc_out out;
    lc_out_init(&out, STDOUT_FILENO, buffer, sizeof buffer);
    bool is_good = lc_tally_read(&before, &old, 1, settings);
    is_good &= lc_tally_read(&after, &new, 1, settings);
    lc_tally_sort(&before);
    lc_tally_sort(&after);
    bool has_failed = put_changes(&out, before, after, o);
    is_good &= lc_out_flush(&out) == 0;
    lc_tally_free(&before);
    lc_tally_free(&after);
    if (!is_good)
        return LC_EXIT_TROUBLE;
    return !has_failed ? 0 : o->error_exitcode ? (int)o->error_exitcode : 1;
}
