/* A process that shares our memory, and so keeps it when we are killed: then it reports what was live. It has no part in what
 * the program does: no relative of it, in a session of its own, all signals blocked, with no descriptors but those of
 * reports. It leaves when the process has reported, or has become another program. What it can't outlive is the
 * kernel's OOM killer, which kills all who share the memory; and as long as it is there a process can't make itself a user namespace
 * (unshare(2): EINVAL). Hence an option. */
#ifndef LC_PRELOAD_KEEPER_H
#define LC_PRELOAD_KEEPER_H

#include "report/finish.h"

/* For this process, at its start or when it was forked. When there can be none, a note in `run` says so. */
void lc_keeper_start(struct lc_finish *run);

/* The same, if there is none yet, for a program that is about to give up system calls: from now on the keeper looks every few
 * milliseconds whether there is anything to do. */
void lc_keeper_serve(struct lc_finish *run);

/* Lets the keeper call `function`, while this thread waits without a system call that it may not make. False when there is no
 * keeper that serves, or when it does not answer. */
bool lc_keeper_do(void (*function)(void *), void *argument);

/* Is this the keeper that is running? */
bool lc_keeper_is_here(void);

#endif
