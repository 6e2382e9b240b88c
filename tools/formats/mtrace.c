#include "complain.h"
#include "formats/format.h"
#include "report/escape.h"
#include "report/mtrace.h"

/* mtrace(1) has no word for more than one process. */
static void put_heading(struct lc_out *out, const struct lc_findings *f)
{
    lc_out_fmt(out, "\nProcess %d: ", f->process.pid);
    lc_escape_text(out, f->process.executable);
    lc_out_char(out, '\n');
}

static bool print(const struct lc_report *r)
{
    bool is_complete = true;
    for (size_t i = 0; i < r->count; i++) {
        struct lc_findings *f = &r->logs[i].findings;
        if (!f->has_blocks) {
            lc_complain("%s: no blocks in this log; record it with --show-blocks=yes for --format=mtrace",
                        r->logs[i].path);
            is_complete = false;
            continue;
        }
        if (r->count > 1)
            put_heading(r->out, f);
        lc_mtrace_report(r->out, f, r->namer);
    }
    return is_complete;
}

const struct lc_formatter lc_formatter_mtrace = {.has_full_paths = true, .print = print};
