/* A running process as it is now: its log, as if it were a file. */
#ifndef LC_TOOLS_NOW_H
#define LC_TOOLS_NOW_H

#include "log_read.h"

struct lc_now_settings {
    const char *record; /* where the log is kept, too; NULL: nowhere */
    unsigned timeout_s;
    bool is_forced;
};

/* Checks the process whose number `process` is. The descriptor of its log, or -1, and told. */
int lc_now(const char *process, const struct lc_now_settings *settings);

/* The same, read. False when it could not be had, or not be kept. */
bool lc_now_read(struct lc_logs *logs, const char *process, const struct lc_now_settings *settings);

#endif
