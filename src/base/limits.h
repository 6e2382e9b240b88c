/* Limits of resources (getrlimit(2)) at the end of a process. */
#ifndef LC_BASE_LIMITS_H
#define LC_BASE_LIMITS_H

/* Soft limits of memory, descriptors, processes and the size of files become the hard ones: what a program has bound itself to
 * is no longer of use to it, and a report needs some of each. Not to be called in a process that goes on. */
void lc_limits_lift(void);

#endif
