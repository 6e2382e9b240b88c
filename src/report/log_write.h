/* Findings to a log: include/leakcheck/log.h is the grammar. */
#ifndef LC_REPORT_LOG_WRITE_H
#define LC_REPORT_LOG_WRITE_H

#include "base/out.h"
#include "report/findings.h"

/* Writes the whole log, and flushes: 0 or -errno of the first failed write (the log is then truncated, and
 * shows it). Allocates nothing. */
int lc_log_write(struct lc_out *out, const struct lc_findings *f);

/* The log in a file without a name: its descriptor; or -errno, where there is no such thing, too. `buffer` is for the writing. */
int lc_log_write_memory(const struct lc_findings *f, char *buffer, size_t size);

#endif
