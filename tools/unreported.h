/* The processes of a run that began and left no report, from the lines that the run's log has beside logs
 * (report/run_lines.h). */
#ifndef LC_TOOLS_UNREPORTED_H
#define LC_TOOLS_UNREPORTED_H

#include "log_read.h"

/* Takes the lines out of a text of logs of `*len` bytes. What they say of processes that are gone and left nothing becomes
 * notes, a line each, of which there may be none: `*count` strings of malloc's, for the report on the run. */
char **lc_unreported_take(char *text, size_t *len, size_t *count);

#endif
