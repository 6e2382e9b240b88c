/* What each region of a process is: from its line in maps, its neighbours, and the process's hints. Pure. */
#ifndef LC_VM_KINDS_H
#define LC_VM_KINDS_H

#include "vm/hints.h"
#include "vm/region.h"

/* glibc's malloc/arena.c, HEAP_MAX_SIZE: the alignment of the heaps of every arena but the main one. */
#define LC_KINDS_ARENA_SIZE ((uintptr_t)64 << 20)

/* Sets the kind of each of `regions`, which are by address. Where the kernel has merged neighbours into one
 * region, it is what most of its bytes are. Sorts the hints. */
void lc_kinds_set(struct lc_vm_region *regions, size_t count, struct lc_vm_hints *h);

#endif
