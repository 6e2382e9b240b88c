/* The log that all processes of a run share: each adds its own when it ends, and the command, ending, takes them all, for
 * one report. Who ends later finds it taken, and reports for itself. Under a lock of the file (fcntl(2)), which ends with
 * whoever holds it. A run log without its first line was taken. */
#ifndef LC_REPORT_RUN_LOG_H
#define LC_REPORT_RUN_LOG_H

#include "base/compiler.h"

#include <sys/types.h>

#define LC_RUN_LOG_FIRST_LINE "leakcheck-run\n"

/* Copies the file `log` from byte `start` on to the descriptor `to`; in one write, so that processes which share a file
 * do not mix their logs. The number of bytes, or -errno. */
ssize_t lc_log_copy(int log, off_t start, int to);

/* Adds the log `log` to `run` (open for reading and appending). 0; -ESTALE when that was taken; or -errno, and nothing
 * was added. */
int lc_run_log_add(int run, int log);

/* Moves what is in `run` to the end of `to`. The number of bytes; -ESTALE when somebody else was first; or -errno. */
ssize_t lc_run_log_take(int run, int to);
/* Whoever will report for the command, should it be killed, says so for as long as it lives; and who would do so otherwise
 * waits until nobody does. */
void lc_run_log_hold(int run);
void lc_run_log_wait(int run);

/* Removes the file at `path` and its folder, which is the run's own; it may be out of reach. */
void lc_run_log_remove(const char *path);

#endif
