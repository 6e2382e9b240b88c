/* How far a long work is, on a terminal. */
#ifndef LC_TOOLS_PROGRESS_H
#define LC_TOOLS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

struct lc_progress {
    const char *what; /* "symbols" */
    size_t total;
    long started_ms, shown_ms; /* 0: nothing has been shown */
    bool is_on;
};

/* Nothing is ever shown unless standard error is a terminal, and nothing in the first half second. */
void lc_progress_start(struct lc_progress *p, const char *what, size_t total);
void lc_progress_step(struct lc_progress *p, size_t done);
/* Takes the bar away. */
void lc_progress_end(struct lc_progress *p);

#endif
