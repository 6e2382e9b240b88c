/* Signals whose default action ends the process. Where the program leaves that as it is, a handler of ours lies under it,
 * which reports and then lets the process end as it would have.
 *
 * Nothing is remembered of what the program has set: its mask is the kernel's, its flags are in the address of the handler,
 * and so the kernel keeps them, for each process its own, however it came to be, and changes them at once. */
#ifndef LC_PRELOAD_FATAL_H
#define LC_PRELOAD_FATAL_H

#include <signal.h>
#include <stdbool.h>

/* Puts ours under the default of each such signal that has it. What is ignored stays so. Once, in the constructor, when an
 * end can be reported. */
void lc_fatal_install(void);

/* What the program wants to be done is made what the kernel is told, and the other way round: the default becomes ours, and
 * ours the default. Others stay as they are. Async-signal-safe. */
void lc_fatal_cover(int signal, struct sigaction *a);
void lc_fatal_uncover(struct sigaction *a);
/* The kernel has just made the default the signal's action: the same for that. */
void lc_fatal_restore(int signal);

#endif
