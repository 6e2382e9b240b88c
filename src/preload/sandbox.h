/* A program that puts itself under a filter of system calls (seccomp(2)). What would kill it is not done by us: it fails with
 * -EPERM instead, and what a report needs is done by the keeper, which stands outside. */
#ifndef LC_PRELOAD_SANDBOX_H
#define LC_PRELOAD_SANDBOX_H

#include "base/compiler.h"

/* The program has asked for the call, by whichever function of libc; its answer, as the kernel's. `arguments`: five. */
long lc_sandbox_prctl(const long *arguments);
long lc_sandbox_seccomp(const long *arguments);

/* The program is under a filter that it has set itself. */
bool lc_sandbox_is_on(void);
/* Only read, write, and the end of a thread are left. */
bool lc_sandbox_is_strict(void);

#endif
