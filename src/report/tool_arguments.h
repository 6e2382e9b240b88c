/* How leakcheck-report is asked for the report on a run. What the run's options are it finds in the log. */
#ifndef LC_REPORT_TOOL_ARGUMENTS_H
#define LC_REPORT_TOOL_ARGUMENTS_H

#include "base/compiler.h"

#define LC_TOOL_HAS_ERRORS 3 /* its exit status then when there is something to fail for */
#define LC_TOOL_UNWRITTEN  4 /* and when the report could not be written where it was to go */

struct lc_tool_arguments {
    const char *list[4]; /* ends in NULL */
};

/* `tool` is its path, and stays the caller's; the log comes on standard input. */
void lc_tool_arguments(struct lc_tool_arguments *to, const char *tool);

#endif
