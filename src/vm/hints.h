/* What only the process itself knows of its memory, for vm/kinds.h and vm/purpose.h. */
#ifndef LC_VM_HINTS_H
#define LC_VM_HINTS_H

#include "base/arena.h"
#include "vm/region.h"

#include <sys/types.h>

struct lc_vm_thread {
    uintptr_t pointer; /* its TCB (%fs:0), which glibc puts at the upper end of the stack's mapping */
    pid_t tid;
    char name[16]; /* as the kernel has it, or "" */
};

/* All of it may be missing. The arrays are the caller's, in any order until lc_kinds_set() sorts them. */
struct lc_vm_hints {
    pid_t pid;                /* whose thread of the same id has "[stack]" */
    struct lc_own *own;       /* leakcheck's memory: lc_pages_own(), and where libleakcheck.so is loaded */
    size_t own_count;
    struct lc_range *modules; /* loaded ELF files, first to last byte. For one that is missing, every run of
                                 mappings of a file, some of it code, is taken, and what follows as its bss */
    size_t module_count;
    struct lc_vm_thread *threads; /* live ones: the stack of one that ended may be anything by now */
    size_t thread_count;
    uintptr_t loader;         /* something in the memory that the loader took before there was a malloc; 0 */
    bool (*has_blocks)(void *arg, struct lc_range range); /* does the allocator have blocks here? or NULL */
    size_t (*arena_of)(void *arg, const struct lc_vm_region *region); /* the number of the arena that it is a heap of,
                                                                         or SIZE_MAX; or NULL */
    void *arg;
};

/* By address, as all that follows wants them. */
void lc_vm_hints_sort(struct lc_vm_hints *h);

/* The module that holds `address`, empty when there is none. */
struct lc_range lc_vm_hints_module(const struct lc_vm_hints *h, uintptr_t address);
/* How much of `range` is leakcheck's, and in `*most` the largest part of it (NULL when none). */
uintptr_t lc_vm_hints_own_bytes(const struct lc_vm_hints *h, struct lc_range range, const struct lc_own **most);

bool lc_vm_hints_has_blocks(const struct lc_vm_hints *h, struct lc_range range);

/* Threads by address: a part of the hints' array. */
struct lc_vm_threads {
    const struct lc_vm_thread *first;
    size_t count;
};
/* Those whose TCB is in `range`. */
struct lc_vm_threads lc_vm_hints_threads(const struct lc_vm_hints *h, struct lc_range range);

#endif
