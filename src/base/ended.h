/* How a process that is not our child has ended. */
#ifndef LC_BASE_ENDED_H
#define LC_BASE_ENDED_H

#include "base/compiler.h"

#include <sys/types.h>

#define LC_ENDED_UNKNOWN (-1)

/* A descriptor (close-on-exec) that can be read from once process `pid` has ended, or -errno. pidfd_open(2), Linux 5.3. */
int lc_ended_watch(pid_t pid);

/* As wait(2) would have it, of a process that has ended and was not waited for yet; or LC_ENDED_UNKNOWN. */
int lc_ended_zombie_status(pid_t pid);

/* As wait(2) would have it, of the process that `watch` is for, which has ended; or LC_ENDED_UNKNOWN. From /proc as long as its
 * parent has not waited for it, which is given some time to; then from the kernel, Linux 6.15. */
int lc_ended_status(int watch, pid_t pid);

#endif
