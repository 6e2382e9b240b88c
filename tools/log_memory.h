/* The records of a log that tell of memory: classes, regions, arenas, modules, totals. */
#ifndef LC_TOOLS_LOG_MEMORY_H
#define LC_TOOLS_LOG_MEMORY_H

#include "log_records.h"

/* Reads r->line into the findings, if it is one of them; else false. */
bool lc_log_memory_read(struct lc_log_reader *r);

#endif
