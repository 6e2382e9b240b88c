/* The memory map of this process, with who mapped what. */
#ifndef LC_REPORT_REGIONS_H
#define LC_REPORT_REGIONS_H

#include "report/findings.h"
#include "scan/arenas.h"
#include "scan/world.h"
#include "vm/hints.h"
#include "vm/residency.h"
#include "vm/snapshot.h"
#include "vm/status.h"

/* The regions of this process, with what only it knows of them. */
struct lc_regions {
    struct lc_vm_snapshot snapshot; /* kinds set */
    struct lc_vm_status status;     /* of the same moment */
    uint64_t own_bytes;             /* mapped by leakcheck itself, then */
    struct lc_residency residency;  /* of the memory that can hold blocks; read before anybody else reads it */
    struct lc_vm_hints hints;       /* sorted */
    struct lc_arenas arenas; /* glibc's, where figures were asked for */
    size_t own_room, thread_room, module_room; /* of the hints' arrays */
};

/* Reads them; with their figures (smaps), or only what a scan needs. `world`, the threads that stand still, may be NULL: then
 * only those that have allocated are known. `original`: the process that the caller is a copy of (preload/copy.h), whose figures
 * count where the copy has others; else 0. 0 or -errno: then there is nothing to release. */
int lc_regions_read(struct lc_regions *r, const struct lc_world *world, pid_t original, bool has_figures);
void lc_regions_release(struct lc_regions *r);

/* Fills f->regions and f->memory from `r`; their sites name stacks by depot number. `function_addresses` as in
 * collect.h. 0 or -ENOMEM: then there are none. The memory is never given back. */
int lc_regions_collect(struct lc_findings *f, const uintptr_t *function_addresses, const struct lc_regions *r);

#endif
