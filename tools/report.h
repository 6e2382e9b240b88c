/* One report: logs suppressed, merged, judged, and printed in each format that is asked for. */
#ifndef LC_TOOLS_REPORT_H
#define LC_TOOLS_REPORT_H

#include "log_read.h"
#include "report/verdict.h"
#include "tally.h"

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

/* Adds what the report would count, without printing any. */
bool lc_report_tally(const struct lc_report_settings *settings, struct lc_logs *logs, lc_tally *t);

#endif
