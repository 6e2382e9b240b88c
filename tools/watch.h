/* What grows in a running process: looks at it, one after the other. On a terminal in place, as top does; else as lines. */
#ifndef LC_TOOLS_WATCH_H
#define LC_TOOLS_WATCH_H

#include "now.h"
#include "report.h"

struct lc_watch_settings {
    struct lc_now_settings now;
    const char *process;
    unsigned interval_s;
    unsigned looks; /* 0: until it is told to stop, or the process ends */
};

/* The exit status: 0; 1 when something only grows (spots.h); LC_EXIT_TROUBLE when the process can't be looked at at all. */
int lc_watch(const struct lc_watch_settings *watch, const struct lc_report_settings *settings);

/* What has changed since `old`, a log; NULL: between two looks, the interval apart. An exit status (diff.h). */
int lc_watch_diff(const struct lc_watch_settings *watch, char *old, const struct lc_report_settings *settings);

/* The same as lc_watch() of kept logs of one process, in their order. */
int lc_growth(char *const *logs, size_t count, const struct lc_report_settings *settings);

#endif
