#include "complain.h"
#include "formats/format.h"
#include "report/mtrace.h"

/* False where leaks are known, or must be feared, that can't be shown one by one; that a log is incomplete has
 * been said already. */
static bool has_its_blocks(const struct lc_log *log)
{
    const struct lc_findings *f = &log->findings;
    if (f->has_blocks || f->is_partial || f->leak_count == 0)
        return true;
    lc_complain("%s: no blocks in this log; record it with --show-blocks=yes for --format=mtrace", log->path);
    return false;
}

static bool print(const struct lc_report *r)
{
    bool is_complete = true;
    for (size_t i = 0; i < r->count; i++) {
        is_complete &= has_its_blocks(&r->logs[i]);
        if (i)
            lc_out_char(r->out, '\n');
        lc_mtrace_report(r->out, &r->logs[i].findings, r->namer);
    }
    return is_complete;
}

const struct lc_formatter lc_formatter_mtrace = {.print = print};
