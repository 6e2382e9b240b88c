/* The memory of the process as a whole, from /proc/PID/status (proc(5)). */
#ifndef LC_VM_STATUS_H
#define LC_VM_STATUS_H

#include "base/compiler.h"

#include <sys/types.h>

/* Bytes. A line that the kernel does not print leaves its field 0. */
struct lc_vm_status {
    bool is_known;
    uint64_t vm_peak, vm_size, vm_lck, vm_hwm, vm_rss;
    uint64_t rss_anon, rss_file, rss_shmem;
    uint64_t vm_data, vm_stk, vm_exe, vm_lib, vm_pte, vm_swap;
};

/* Pure: the text of a status file. */
void lc_vm_status_parse(const char *text, size_t len, struct lc_vm_status *out);

/* Of process `pid`, 0 for the caller: 0 or -errno (is_known is then false). No allocation, any thread. */
int lc_vm_status_read(pid_t pid, struct lc_vm_status *out);

#endif
