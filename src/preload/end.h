/* The end of a process, by whichever door. */
#ifndef LC_PRELOAD_END_H
#define LC_PRELOAD_END_H

#include "record/errors.h"
#include "report/finish.h"

/* From now on the end is reported as `run` (which stays the caller's) says: installs the handlers that run
 * after all of the program's and its libraries'. Once, in the constructor. 0 or -errno. */
int lc_end_install(struct lc_finish *run);

/* Reports, unless that was done or this is no process of its own (a vfork child): the status to end with. */
int lc_end_report(enum lc_end_kind kind, int value);

/* libc may abort on a wrong free that we have just noted: see to it that the note is reported all the same. A
 * program that handles SIGABRT itself is left alone. As lc_track_settings.on_error. */
void lc_end_expect_abort(const struct lc_error_record *e);

/* The status that quick_exit was given: its handlers are not told. */
void lc_end_expect(int status);

#endif
