/* Figures of the process and of the system that the kernel tells: by name, so that there may be more of them. */
#ifndef LC_VM_FACTS_H
#define LC_VM_FACTS_H

#include "base/compiler.h"

#include <sys/types.h>

/* The words for them are in include/leakcheck/log.h. */
enum lc_fact_group {
    LC_FACT_FAULTS,  /* of the process: getrusage(2), or its stat */
    LC_FACT_LIMIT,   /* prlimit(2), soft */
    LC_FACT_CGROUP,  /* usage and limit of its control group, v1 or v2 */
    LC_FACT_ADDRESS, /* where the user's part of the address space ends and the kernel's begins */
    LC_FACT_SYSTEM,  /* /proc/meminfo: RAM, swap, commit limit */
    LC_FACT_KERNEL,  /* /proc/meminfo and iomem: what the kernel itself takes */
    LC_FACT_GROUP_COUNT
};

#define LC_FACT_UNLIMITED UINT64_MAX

struct lc_vm_fact {
    enum lc_fact_group group;
    const char *name; /* the kernel's word where it has one: "Slab", "RLIMIT_AS" */
    uint64_t value;   /* bytes, an address, or a count; LC_FACT_UNLIMITED of a limit that there is not */
    int error;        /* errno, why it is not known; 0 */
};

/* All of them, `max` at most, of process `pid`, 0 for this one: how many there are. Names are literals. What can't be read is there
 * with its error. No allocation, any thread. */
#define LC_FACTS_MAX 64
size_t lc_vm_facts_read(pid_t pid, struct lc_vm_fact *out, size_t max);

#endif
