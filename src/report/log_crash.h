/* The part of the log that tells of a crash. */
#ifndef LC_REPORT_LOG_CRASH_H
#define LC_REPORT_LOG_CRASH_H

#include "base/out.h"
#include "report/findings.h"

/* Nothing when no signal is known to have ended the process. */
void lc_log_write_crash(struct lc_out *out, const struct lc_crash *c);

#endif
