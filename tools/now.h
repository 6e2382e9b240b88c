/* A running process as it is now: its log, as if it were a file. */
#ifndef LC_TOOLS_NOW_H
#define LC_TOOLS_NOW_H

#include "log_read.h"

struct lc_now_settings {
    const char *record; /* where the log is kept, too; NULL: nowhere */
    unsigned timeout_s;
    bool is_forced;
};

/* Checks the process whose number `process` is. The descriptor of its log, or -1, and told. It is not kept by this. */
int lc_now(const char *process, const struct lc_now_settings *settings);

/* Writes it to `path`, too. False, and told, when that can't be done. */
bool lc_now_keep(int log, const char *path);

/* The same, read. False when it could not be had, or not be kept. */
bool lc_now_read(struct lc_logs *logs, const char *process, const struct lc_now_settings *settings);

#endif
