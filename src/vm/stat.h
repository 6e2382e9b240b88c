/* What /proc/PID/stat says of a process or thread (proc(5)). */
#ifndef LC_VM_STAT_H
#define LC_VM_STAT_H

#include "base/compiler.h"

#include <sys/types.h>

struct lc_vm_stat {
    char name[64];
    char state; /* 'R', 'S', ...; 'Z' and 'X': it has ended */
    pid_t parent;
    bool is_kernel_thread;
    uint64_t minor_faults, major_faults;
};

/* Pure: its one line. False when it is none. */
bool lc_vm_stat_parse(const char *line, struct lc_vm_stat *out);

/* Of process `pid`, 0 for the caller: 0 or -errno. No allocation, any thread. */
int lc_vm_stat_read(pid_t pid, struct lc_vm_stat *out);

#endif
