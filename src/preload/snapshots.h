/* Checks that the process makes of its own accord while it runs: at a signal, every so often, when it has grown to a size, or when
 * the program asks. Each is a log in a file of its own. */
#ifndef LC_PRELOAD_SNAPSHOTS_H
#define LC_PRELOAD_SNAPSHOTS_H

#include "report/finish.h"

/* As the options say. What is wrong with them is told, once, on standard error. `signal`: that the timer is to send, with `value`;
 * 0: there is none, and so no timer. */
void lc_snapshots_start(const struct lc_finish *run, int signal, uint64_t value);
/* In the child of a fork, which has no timer. */
void lc_snapshots_after_fork(void);

/* At a tick of the timer: whether it is time for one. */
bool lc_snapshots_are_due(void);

/* A copy has been made that nobody will say the end of, or it is buried: as long as it is there, the timer looks for that. */
void lc_snapshots_expect_end(bool has_copy);

/* The file for the one with this number, new: a descriptor, or -errno. */
int lc_snapshots_open(uint64_t number);

#endif
