/* The threads of this process, as /proc/self/task has them (proc(5)). No allocation. */
#ifndef LC_SCAN_TASKS_H
#define LC_SCAN_TASKS_H

#include "base/compiler.h"

#include <sys/types.h>

/* Of the process that shares our memory, from now on. */
void lc_tasks_of(pid_t process);
pid_t lc_tasks_process(void);

/* Calls `visit` for the id of each thread; those that come or go meanwhile may be missed. 0 or -errno. */
int lc_tasks_each(void (*visit)(void *context, pid_t tid), void *context);

enum lc_task_state {
    LC_TASK_OPEN,   /* it would take the signal, as far as can be told */
    LC_TASK_BLOCKS, /* it blocks it */
    LC_TASK_DEAD    /* ended: the first thread stays as a zombie after pthread_exit */
};
enum lc_task_state lc_tasks_state(pid_t tid, int signal);

/* The stack pointer of a thread that waits in the kernel; 0 when it runs, or the kernel does not say. */
uintptr_t lc_tasks_sp(pid_t tid);

#endif
