/* The wrapper's command line, and what the library is told of it. */
#ifndef LC_TOOLS_WRAPPER_OPTIONS_H
#define LC_TOOLS_WRAPPER_OPTIONS_H

#include "base/options.h"

#define LC_WRAPPER_EXITCODE "23" /* --error-exitcode, unless somebody says otherwise */

struct lc_wrapper_options {
    struct lc_options given;   /* by the command line alone */
    struct lc_options current; /* with what .leakcheckrc and LEAKCHECK_OPTIONS say */
    char *project, *text;      /* .leakcheckrc's and the command line's for LEAKCHECK_OPTIONS: "" or ":name=value..." */
    char **command;
};

enum lc_wrapper_answer {
    LC_WRAPPER_RUN,
    LC_WRAPPER_DONE, /* the question was answered on stdout */
    LC_WRAPPER_WRONG /* and one line on stderr says why */
};

enum lc_wrapper_answer lc_wrapper_options_read(struct lc_wrapper_options *to, char **argv);

/* Sets LEAKCHECK_OPTIONS for the command, which this process becomes; `report` is leakcheck-report's path, `run_log`
 * that of the log that the processes share, or "". */
void lc_wrapper_options_export(const struct lc_wrapper_options *o, const char *report, const char *run_log);

#endif
