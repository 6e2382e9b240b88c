/* The end of a process, by whichever door. */
#ifndef LC_PRELOAD_END_H
#define LC_PRELOAD_END_H

#include "report/death.h"
#include "report/finish.h"
#include "unwind/unwind.h"

/* From now on the end is reported as `run` (which stays the caller's) says: installs the handlers that run
 * after all of the program's and its libraries'. Once, in the constructor. 0 or -errno. */
int lc_end_install(struct lc_finish *run);

/* Reports, unless that was done or this is no process of its own (a vfork child), and ends the process: with
 * `status`, or with error-exitcode's; `here` is who called. A second thread waits here for the first one to end it. */
void lc_end_exit(int status, const struct lc_context *here) __attribute__((noreturn));

/* A signal is about to end the process: reports, as above, and returns. On any stack, async-signal-safe; recording may have
 * been interrupted, and so may the program's allocator. */
void lc_end_by_signal(const struct lc_death *death);

/* The same of the last thread, by exit(2). */
void lc_end_exit_thread(int status, const struct lc_context *here) __attribute__((noreturn));

/* In the keeper (keeper.h), of a process that has ended with `status` (base/ended.h): reports, unless that was done. */
void lc_end_report_for_dead(int status);

/* What is checked, and how: NULL when nothing is, or no longer. */
struct lc_finish *lc_end_run(void);
/* The report of the end, now: there is no other. Ends the process if there is something to fail for and
 * error-exitcode says how. */
void lc_end_check_finally(void);

/* Before exec, and when it has failed: the report of what is to be replaced, where that is asked for and exec can succeed, and
 * the run is told. False when there is nobody to tell, or nothing. */
bool lc_end_reports_at_exec(void);
bool lc_end_before_exec(bool can_succeed);
void lc_end_after_failed_exec(void);

/* A child has been waited for, which a signal had killed. */
void lc_end_tell_killed(pid_t pid, int signal);

/* The status that quick_exit was given: its handlers are not told. */
void lc_end_expect(int status);

#endif
