/* The threads of another process, as far as /proc tells where their stacks are. */
#ifndef LC_TOOLS_PROCESS_THREADS_H
#define LC_TOOLS_PROCESS_THREADS_H

#include "vm/hints.h"
#include "vm/snapshot.h"

/* The threads of `pid` whose stack pointers lie in anonymous memory above a guard, each with the end of that region for
 * its `pointer`, where glibc has the TCB. In memory of malloc, `*count` of them; `*denied` is how many would not say. */
struct lc_vm_thread *lc_process_threads(pid_t pid, const struct lc_vm_snapshot *s, size_t *count, size_t *denied);

/* A thread of `pid` that has not ended: the first may have, and has no memory any more then. 0: all have. */
pid_t lc_process_live_thread(pid_t pid);

#endif
