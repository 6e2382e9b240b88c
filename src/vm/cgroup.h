/* The control group that limits a process's memory (cgroups(7)). */
#ifndef LC_VM_CGROUP_H
#define LC_VM_CGROUP_H

#include "base/compiler.h"

#include <sys/types.h>

#define LC_CGROUP_PATH_MAX 1024

struct lc_cgroup {
    int version; /* 1 or 2; 0: it was not found */
    char directory[LC_CGROUP_PATH_MAX];
    size_t root_len; /* of its beginning: where the hierarchy is mounted */
};

/* That of process `pid`, 0 for this one: by its cgroup file and our mountinfo, so that it is found in a container, too. Where both versions are mounted, the one
 * that has the memory controller. No allocation, any thread. */
void lc_cgroup_find(pid_t pid, struct lc_cgroup *out);
/* The same from the text of both files. */
void lc_cgroup_find_in(const char *groups, const char *mounts, struct lc_cgroup *out);

/* The number in one of its files: 0 or -errno; UINT64_MAX for "max". */
int lc_cgroup_read(const struct lc_cgroup *g, const char *file, uint64_t *out);
/* The smallest number that this file of the groups above it has: they are limits for it, too. UINT64_MAX: none has one. */
uint64_t lc_cgroup_above(const struct lc_cgroup *g, const char *file);

#endif
