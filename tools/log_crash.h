/* The records of a log that tell of a crash. */
#ifndef LC_TOOLS_LOG_CRASH_H
#define LC_TOOLS_LOG_CRASH_H

#include "log_records.h"

/* Reads r->line, if it is of one of their words; else false. */
bool lc_log_crash_read(struct lc_log_reader *r);

#endif
