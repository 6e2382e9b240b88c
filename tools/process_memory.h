/* The memory of a running process, from /proc alone, as findings that have nothing but that. */
#ifndef LC_TOOLS_PROCESS_MEMORY_H
#define LC_TOOLS_PROCESS_MEMORY_H

#include "report/findings.h"
#include "vm/snapshot.h"

struct lc_process_memory {
    struct lc_findings findings; /* strings and regions are this structure's */
    struct lc_vm_snapshot snapshot;
    struct lc_vm_fact facts[LC_FACTS_MAX];
    char executable[4096];
    char *command_line; /* its arguments, each ended by NUL */
};

/* Reads what there is. False when something of the map can't be read, which is told on stderr; without any, when the
 * process has no memory (a kernel thread, a zombie), the findings have no process (its pid is 0). */
bool lc_process_memory_read(pid_t pid, struct lc_process_memory *out);
void lc_process_memory_free(struct lc_process_memory *m);

#endif
