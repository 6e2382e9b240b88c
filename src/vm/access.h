/* How the kernel is asked about a process: about this one through files of /proc that are opened early, because a program
 * may change its root, hide /proc, or give up rights (PR_SET_DUMPABLE, setuid) before it ends. */
#ifndef LC_VM_ACCESS_H
#define LC_VM_ACCESS_H

#include "base/compiler.h"

#include <sys/types.h>

/* Once, at the start. Without it, files are opened by their paths when they are needed. */
void lc_access_init(void);

/* Does without the interfaces that `names` lists, comma-separated (a file of /proc, "pagemap-scan", "mincore",
 * "cgroup"), as if the kernel had none. `names` is borrowed. */
void lc_access_deny(const char *names);
bool lc_access_is_denied(const char *name);

/* Opens /proc/PID/`file`, `pid` 0 for the calling thread; or /proc/`file`, for `pid` LC_ACCESS_SYSTEM. A descriptor
 * that the caller closes, or -errno. */
#define LC_ACCESS_SYSTEM ((pid_t)-1)
int lc_access_open(pid_t pid, const char *file);

/* The descriptor that they are opened by, -1 for none. */
int lc_access_descriptor(void);

/* From now on the files of process `pid` are those of the process that has this number now, though it may end and
 * another one get it: -ESRCH then. Of one process at a time. 0 or -errno. */
int lc_access_pin(pid_t pid);

/* The same as lc_access_open() for the pagemap of this process, which the kernel opens to nobody but root once the process has given up
 * rights: a copy of the one that was opened early, as long as this is still that process. */
int lc_access_pagemap(void);

#endif
