/* One mapped region of a process: a line of /proc/PID/maps, with what smaps says of it (proc(5)). */
#ifndef LC_VM_REGION_H
#define LC_VM_REGION_H

#include "base/range.h"

/* What a region is: vm/kinds.h finds out. The words for them are in include/leakcheck/log.h. */
enum lc_region_kind {
    LC_REGION_CODE,
    LC_REGION_RODATA,
    LC_REGION_DATA,
    LC_REGION_BSS,
    LC_REGION_HEAP,
    LC_REGION_STACK,
    LC_REGION_TLS, /* of the main thread: other threads have theirs at the end of their stacks */
    LC_REGION_ANONYMOUS,
    LC_REGION_FILE,
    LC_REGION_SHARED,
    LC_REGION_GUARD,
    LC_REGION_KERNEL, /* vdso, vvar, vsyscall */
    LC_REGION_OWN,    /* leakcheck's */
    LC_REGION_KIND_COUNT
};

/* Sizes are bytes. */
struct lc_vm_region {
    struct lc_range range;
    char permissions[5]; /* "rw-p" */
    enum lc_region_kind kind;
    uint64_t offset;    /* in the file */
    uint64_t inode;
    bool has_residency; /* what follows could be read */
    uint64_t resident, proportional, dirty, swapped, locked;
    uint64_t huge;      /* in huge pages; those of hugetlbfs are not part of `resident` */
    uint64_t lazy;      /* MADV_FREE: resident until the kernel needs it */
    uint64_t zero;      /* only ever read: each of these pages is the kernel's page of zeroes, and not resident */
    uint64_t guard;     /* MADV_GUARD_INSTALL */
    const char *name;   /* as the kernel has it, unescaped: path, "[heap]", or "" */
};

/* What has no page: never touched, or given back. */
static inline uint64_t lc_vm_region_untouched(const struct lc_vm_region *r)
{
    uint64_t size = lc_range_size(r->range);
    uint64_t there = r->resident + r->swapped + r->zero + r->guard;
    return there < size ? size - there : 0;
}

bool lc_vm_region_is_writable(const struct lc_vm_region *r);
bool lc_vm_region_is_executable(const struct lc_vm_region *r);
/* Neither readable, writable nor executable. */
bool lc_vm_region_is_closed(const struct lc_vm_region *r);
/* Private memory with no file behind it and no name of the kernel's ("[heap]"). */
bool lc_vm_region_is_anonymous(const struct lc_vm_region *r);
bool lc_vm_region_is_private_file(const struct lc_vm_region *r);
/* Shared memory with no file on a disk behind it: memfd, /dev/shm, System V, MAP_SHARED|MAP_ANONYMOUS. */
bool lc_vm_region_is_shared_memory(const struct lc_vm_region *r);
/* Is there no gap between `lower` and `upper`? */
bool lc_vm_region_touches(const struct lc_vm_region *lower, const struct lc_vm_region *upper);

/* Does the region's name begin with one of the `count` prefixes? */
bool lc_vm_region_is_named(const struct lc_vm_region *r, const char *const *prefixes, size_t count);

#endif
