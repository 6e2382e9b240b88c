/* What a region is for, for people, where that is more than its kind and its name. Pure. */
#ifndef LC_VM_PURPOSE_H
#define LC_VM_PURPOSE_H

#include "vm/hints.h"
#include "vm/region.h"

#define LC_PURPOSE_MAX 128

/* The purpose of region `index`: "stack of thread 12", "bss of libc.so.6", or "". Its kind comes from
 * lc_kinds_set() with the same hints. Returns `buf`. */
const char *lc_purpose_of(const struct lc_vm_region *regions, size_t count, size_t index,
                          const struct lc_vm_hints *h, char buf[LC_PURPOSE_MAX]);

#endif
