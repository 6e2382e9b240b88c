/* One report: logs suppressed, merged, judged, and printed in each format that is asked for. */
#ifndef LC_TOOLS_REPORT_H
#define LC_TOOLS_REPORT_H

#include "log_read.h"
#include "report/verdict.h"

struct lc_report_settings {
    struct lc_options options;
    bool has_num_callers; /* the log's stacks are shown as they are, unless it is said otherwise */
    bool full_paths;
    bool is_complete;   /* every log could be read */
    bool is_at_end;     /* the run ends with the verdict: its exit status is that of the command */
    const char *output; /* NULL: stdout */
};

enum { LC_EXIT_TROUBLE = 2 };

/* Prints; false, and told, where something could not be read or written. `*verdict` is what it comes to. */
bool lc_report_make(const struct lc_report_settings *settings, struct lc_logs *logs, struct lc_verdict *verdict);

/* What the report would be made of, judged, without printing any; gone when `visit` returns. */
typedef void lc_report_visit(void *context, const struct lc_findings *f);
bool lc_report_look(const struct lc_report_settings *settings, struct lc_logs *logs, lc_report_visit *visit, void *context);

#endif
