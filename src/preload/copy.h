/* A copy of the process, which is looked at while the process goes on: a child by a raw clone, of which nothing in the program
 * hears. Its end sends no signal, and no wait of the program's finds it (wait(2): __WALL). */
#ifndef LC_PRELOAD_COPY_H
#define LC_PRELOAD_COPY_H

#include "base/compiler.h"

#include <sys/types.h>

/* Makes one; while no other thread of the program runs (check.h), and with all signals blocked. 0 in the copy: which has nothing
 * of the program's open but `kept`, is nobody's foreground, gives way to the program, is the first to go when memory is short,
 * and must end by lc_sys_exit_group(). Its pid in the process; -EBUSY when the last one is still at it; or -errno. */
pid_t lc_copy_make(int kept);

/* Buries the last one, if it has ended. True when there is none any more. */
bool lc_copy_bury(void);

/* In the child of a fork: the copy is its parent's. */
void lc_copy_after_fork(void);

#endif
