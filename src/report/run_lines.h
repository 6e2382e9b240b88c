/* What the processes below the command tell in the run's log (run_log.h), a line each, beside the logs that they leave at
 * their end: so that none is passed over in silence which left none.
 *
 *   started pid=NUM ppid=NUM exe=STR     a program that began to run, or the child of a fork
 *   ended pid=NUM                        it has nothing to report
 *   became pid=NUM                       and so it ends, as far as it can tell: by exec
 *   killed pid=NUM signal=NUM            says who waited for it; or what /proc tells when the run ends
 *   exited pid=NUM status=NUM            says /proc
 *   running pid=NUM                      when the run ended
 *   totals pid=NUM bytes=NUM blocks=NUM  what it has not freed, says its keeper (preload/keeper.h) now and then
 *
 * Each image of a process has one `started`, and one `ended`, `became`, or log. */
#ifndef LC_REPORT_RUN_LINES_H
#define LC_REPORT_RUN_LINES_H

#include "report/findings.h"

#define LC_RUN_STARTED "started"
#define LC_RUN_ENDED   "ended"
#define LC_RUN_BECAME  "became"
#define LC_RUN_KILLED  "killed"
#define LC_RUN_EXITED  "exited"
#define LC_RUN_RUNNING "running"
#define LC_RUN_TOTALS  "totals"

/* Each to the descriptor `run`, if there is one (>= 0). Nothing is told of what fails: the process is then one that has
 * not told how it ended. Any thread, and in a child that shares our memory. */
void lc_run_tell_start(int run, const struct lc_process *p);
void lc_run_tell(int run, const char *word, pid_t pid);
void lc_run_tell_killed(int run, pid_t pid, int signal);
void lc_run_tell_totals(int run, pid_t pid, uint64_t bytes, uint64_t blocks);

/* Adds to `all`, which was taken from the run's log, what /proc tells of those that have not ended. Whether there is
 * anything to report: logs, or processes that left none and are gone. */
bool lc_run_lines_settle(int all);

/* What was last told of the totals of `pid`; false when nothing was. */
bool lc_run_lines_totals(int all, pid_t pid, uint64_t *bytes, uint64_t *blocks);

#endif
