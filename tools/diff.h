/* Two runs compared. */
#ifndef LC_TOOLS_DIFF_H
#define LC_TOOLS_DIFF_H

#include "report.h"

/* Prints what is new, gone, grown and shrunk from the findings in `old` to those in `new` (logs, or JSON): an exit
 * status. Of two looks at a running process by lc_diff_live(). 2, and told, when one can't be read; --error-exitcode, or 1 without one, when it fails by --fail-on. */
int lc_diff(char *old, char *new, const struct lc_report_settings *settings);

/* The same of two looks at a running process, by the places that the memory was made at, of whatever kind, most grown first; it
 * fails by the kinds of --errors-for-leak-kinds. -1: `old` or `new` is none. */
int lc_diff_live(const char *old, const char *new, const struct lc_report_settings *settings);

#endif
