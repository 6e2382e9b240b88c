/* The memory map of this process, with who mapped what. */
#ifndef LC_REPORT_REGIONS_H
#define LC_REPORT_REGIONS_H

#include "report/findings.h"
#include "vm/hints.h"
#include "vm/snapshot.h"

/* The regions of this process, with what only it knows of them. */
struct lc_regions {
    struct lc_vm_snapshot snapshot; /* kinds set */
    struct lc_vm_hints hints;       /* sorted */
    size_t own_room, thread_room, module_room; /* of the hints' arrays */
};

/* Reads them. 0 or -errno: then there is nothing to release. */
int lc_regions_read(struct lc_regions *r);
void lc_regions_release(struct lc_regions *r);

/* Fills f->regions; their sites name stacks by depot number. `function_addresses` as in collect.h. 0 or
 * -errno: then there are none. The memory is never given back. */
int lc_regions_collect(struct lc_findings *f, const uintptr_t *function_addresses, struct lc_regions *out);

#endif
