/* A process below the command, as a member of its run: what it tells the others of itself (run_lines.h) beside its log. In a
 * process that is none, or that is silent, each does nothing. */
#ifndef LC_REPORT_MEMBER_H
#define LC_REPORT_MEMBER_H

#include "report/finish.h"

/* It was forked, and is to report nothing then. */
bool lc_member_is_silent(const struct lc_finish *f);
bool lc_member_is_below_command(const struct lc_finish *f);

/* It has begun, as another program or as a fork's child. */
void lc_member_begin(struct lc_finish *f);
/* It ends, and has nothing to report; or it becomes something that will tell for itself, if anything does. */
void lc_member_end(struct lc_finish *f);
void lc_member_become(struct lc_finish *f);

/* Of the command, too: what it has not freed, if that is news; and a child that a signal has killed. */
void lc_member_tell_totals(struct lc_finish *f);
void lc_member_tell_killed(struct lc_finish *f, pid_t pid, int signal);

#endif
