/* Files of /proc/PID: reading them, and their "Key:   123 kB" lines (proc(5)). */
#ifndef LC_VM_PROC_H
#define LC_VM_PROC_H

#include "base/compiler.h"

#include <sys/types.h>

typedef void lc_proc_fn(void *arg, const char *text, size_t len);

/* Gives the text of /proc/PID/`file` to `each`, in order, in pieces of at most `cap` bytes read into `buf`.
 * `pid` 0 is the caller, whose thread is asked: the files of a process whose first thread has ended are
 * empty. LC_ACCESS_SYSTEM (vm/access.h): of /proc/`file`. 0, or -errno: the text given so far is then a part. No allocation, any thread. */
int lc_proc_read(pid_t pid, const char *file, char *buf, size_t cap, lc_proc_fn *each, void *arg);

/* A line's key ("Rss:"), and where in a record its bytes are counted, in a uint64_t. */
struct lc_proc_field {
    const char *key;
    size_t offset;
};

/* If `line` has one of the keys, adds its figure, in bytes, to its field of `record`; else false.
 * A figure that is too large for a uint64_t becomes the largest one. Pure. */
bool lc_proc_field_add(const struct lc_proc_field *fields, size_t count, const char *line, void *record);

/* Reads a number in `base` (10 or 16, lower-case) at `*at`, and moves behind it; false when there is none or
 * it does not fit. Pure. */
bool lc_proc_number(const char **at, unsigned base, uint64_t *out);

#endif
