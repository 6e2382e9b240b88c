/* Runs and their findings over time, in an SQLite database. Several processes may add at once; one that is killed leaves
 * nothing behind. */
#ifndef LC_TOOLS_HISTORY_H
#define LC_TOOLS_HISTORY_H

#include "report.h"

/* `arguments`: "add LOG..." (logs or JSON, as one run), "list", "show [RUN]" (the last), "trend [FINGERPRINT]". An exit
 * status: 2, and told, when the database or a file can't be read or written. */
int lc_history(const char *database, char *const *arguments, size_t count, const struct lc_report_settings *settings);

#endif
