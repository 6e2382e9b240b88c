/* fork: nothing of ours is half-done in the child. */
#ifndef LC_RECORD_FORK_H
#define LC_RECORD_FORK_H

/* Takes every lock of base/ and record/, in their order; signals stay blocked until one of the others. */
void lc_fork_prepare(void);
void lc_fork_parent(void);
void lc_fork_child(void);

/* The child of a fork that nobody prepared (a raw clone): locks that other threads held are free again. What
 * they were in the middle of is lost. */
void lc_fork_unprepared_child(void);

#endif
