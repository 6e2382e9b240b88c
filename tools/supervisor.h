/* A process that stays behind when the wrapper becomes the command: no relative of it, in a session of its own, with
 * nothing open but standard error. When the command has ended without a report (SIGKILL, or a system call that the
 * library does not see), the logs of the processes below it are reported by it; and it removes the run's folder. */
#ifndef LC_TOOLS_SUPERVISOR_H
#define LC_TOOLS_SUPERVISOR_H

#include "base/options.h"
#include "run_folder.h"

struct lc_supervision {
    const struct lc_run_folder *run;
    const struct lc_options *options; /* of the run */
    const char *report;               /* leakcheck-report's path */
    char **arguments;                 /* the wrapper's, which the supervisor's process must not be found by */
};

/* False when there can be none here: as the first process of a container, which everybody's orphans become children of,
 * as well as the command's; or when there is no memory for it. */
bool lc_supervisor_start(const struct lc_supervision *s);

#endif
