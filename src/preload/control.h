/* What a running process is asked for from outside (base/request.h): a signal of ours, of which the program sees nothing. */
#ifndef LC_PRELOAD_CONTROL_H
#define LC_PRELOAD_CONTROL_H

#include "report/finish.h"

/* From now on requests are served, if the options say so. Once, at the start. */
void lc_control_start(const struct lc_finish *run);

/* A log into a file (snapshots.h), now, of the calling thread's place. Whether it could be begun. */
bool lc_control_snapshot(void);

/* In the child of a fork. */
void lc_control_after_fork(void);

#endif
