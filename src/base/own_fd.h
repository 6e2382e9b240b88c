/* A descriptor of leakcheck's own in the program's table: high, close-on-exec, and known again. The program may close
 * what it did not open, and its next file then has our number. */
#ifndef LC_BASE_OWN_FD_H
#define LC_BASE_OWN_FD_H

#include "base/compiler.h"

#include <sys/types.h>

struct lc_own_fd {
    int fd; /* -1: none */
    dev_t device;
    ino_t inode;
};

/* The lowest number for one; -1 where there is no such place: with a limit so low every descriptor is one that the
 * program counts on. */
int lc_own_fd_floor(void);

/* Remembers what `fd` is, where it lies; and whether `fd` is that. 0 or -errno. */
int lc_own_fd_adopt(struct lc_own_fd *f, int fd);
bool lc_own_fd_is(const struct lc_own_fd *f, int fd);

/* Keeps what `low` is under a high number, and closes `low`. 0 or -errno: then there is none. */
int lc_own_fd_keep(struct lc_own_fd *f, int low);
/* -1 when it is no longer ours. */
int lc_own_fd_get(const struct lc_own_fd *f);

/* In a process of our own that began as a copy of the program: closes all descriptors but those that are `kept` (negative ones
 * are none). */
void lc_own_fd_close_others(const int *kept, size_t count);

#endif
