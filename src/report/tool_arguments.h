/* How leakcheck-report is asked for the report on a run. */
#ifndef LC_REPORT_TOOL_ARGUMENTS_H
#define LC_REPORT_TOOL_ARGUMENTS_H

#include "base/options.h"

#define LC_TOOL_HAS_ERRORS 3 /* its exit status then when there is something to fail for */

struct lc_tool_arguments {
    const char *list[16]; /* ends in NULL */
    char texts[12][80];
};

/* `tool` is its path, and stays the caller's; the log comes on standard input. */
void lc_tool_arguments(struct lc_tool_arguments *to, const char *tool, const struct lc_options *o);

#endif
