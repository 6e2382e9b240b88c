/* Findings of a file, whatever it is: logs, or a report in JSON. */
#ifndef LC_TOOLS_TALLY_READ_H
#define LC_TOOLS_TALLY_READ_H

#include "report.h"
#include "tally.h"

/* Adds what counts by `settings` in the files at `paths`: logs, which become one report, or one report each in JSON.
 * False, and told, when something could not be read. */
bool lc_tally_read(lc_tally *t, char *const *paths, size_t count, const struct lc_report_settings *settings);

/* The findings of a report in JSON, `text` of `len` bytes, which came from `path`. */
bool lc_tally_parse(lc_tally *t, const char *path, const char *text, size_t len, unsigned kinds);

#endif
