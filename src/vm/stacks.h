/* Which thread's stack a region is. Pure; for sorted hints and regions by address. */
#ifndef LC_VM_STACKS_H
#define LC_VM_STACKS_H

#include "vm/hints.h"
#include "vm/region.h"

/* The threads whose stacks are most of region `index`: none, one, or more where guard pages split no mapping
 * (MADV_GUARD_INSTALL, glibc 2.42). "[stack]" is no thread's by this. */
struct lc_vm_threads lc_vm_stacks_in(const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h);

/* The threads whose stacks are in the region directly above region `index`, whose guard it is if it is
 * closed. */
struct lc_vm_threads lc_vm_stacks_above(const struct lc_vm_region *regions, size_t count, size_t index,
                                        const struct lc_vm_hints *h);

/* Does the loader's memory for the main thread's TCB and static TLS lie in region `index`? */
bool lc_vm_stacks_is_main_tls(const struct lc_vm_region *regions, size_t index, const struct lc_vm_hints *h);

#endif
