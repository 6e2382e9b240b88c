/* What /proc says of a running process, as far as asking it for a check goes. */
#ifndef LC_TOOLS_RUNNING_H
#define LC_TOOLS_RUNNING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LC_RUNNING_WHY 256

struct lc_running {
    pid_t pid;      /* of the process; that of one of its threads does, too */
    pid_t own_pid;  /* as it knows itself: in a container, another one */
    uid_t uid;      /* whose rights it has (the effective one) */
    int signal;     /* that it takes requests by */
    char root[32];  /* where its root directory is seen: "" where it is ours, or can't be told */
};

/* Whether `pid` can be asked; else `why`, one line, says what is in the way and what to do. `is_forced`: even where that may
 * harm the process (a seccomp filter). */
bool lc_running_find(struct lc_running *r, pid_t pid, bool is_forced, char why[LC_RUNNING_WHY]);

/* A thread that would take the signal now, and not for another one that it waits for; 0, and `why`. */
pid_t lc_running_thread(const struct lc_running *r, char why[LC_RUNNING_WHY]);

/* Whether the copy that thread `tid` made of the process (preload/copy.h) is still on its way out. */
bool lc_running_has_living_copy(const struct lc_running *r, pid_t tid);

#endif
