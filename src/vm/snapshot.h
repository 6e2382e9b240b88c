/* All regions of a process at one moment. */
#ifndef LC_VM_SNAPSHOT_H
#define LC_VM_SNAPSHOT_H

#include "vm/region.h"

#include <sys/types.h>

struct lc_vm_snapshot {
    struct lc_vm_region *regions; /* by address, disjoint; the names are the snapshot's */
    size_t count;
    bool has_residency; /* from smaps; else from maps alone */
    struct lc_range memory;
};

/* Reads /proc/PID/smaps, or /proc/PID/maps where the kernel keeps no smaps; `pid` 0 is the caller. One pass
 * into memory mapped before it (noted as our own), so that reading does not change what is read; the
 * kernel gives some regions at a time, and what other threads map meanwhile may be there or not.
 * 0, or -errno with nothing to release: -ENOENT or -EACCES where /proc is masked, -ENOMEM. */
int lc_vm_snapshot_read(pid_t pid, struct lc_vm_snapshot *out);
/* The same without figures, for the ranges alone: from maps, which costs a tenth. */
int lc_vm_snapshot_read_ranges(pid_t pid, struct lc_vm_snapshot *out);
void lc_vm_snapshot_release(struct lc_vm_snapshot *s);

#endif
