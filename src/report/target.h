/* Where a report or a log goes: a descriptor of our own, high and close-on-exec, that is known again before
 * it is written to. The program may close and reuse any descriptor: nothing must end up in its files. */
#ifndef LC_REPORT_TARGET_H
#define LC_REPORT_TARGET_H

#include "base/own_fd.h"

#include <sys/types.h>

#define LC_TARGET_PATH_MAX 4096

struct lc_target {
    struct lc_own_fd own; /* fd -1: nowhere */
    bool is_shared; /* is there already, and is read, too */
    char pattern[LC_TARGET_PATH_MAX]; /* absolute, with %p, %n and %% left; "" for standard error */
};

/* A copy of descriptor 2, because many programs close theirs before they end. 0 or -errno. */
int lc_target_open_stderr(struct lc_target *t);

/* The file that `pattern` names: %p the pid, %n a number that is unique in this process, %q{VAR} a variable of
 * `environment`, %% a percent sign; relative to `directory`. Appends: the process may have written to it before,
 * as another program, and others may share it. 0 or -errno; -EINVAL for a wrong pattern. */
int lc_target_open_file(struct lc_target *t, const char *pattern, const char *directory, char *const *environment);

/* The file at `path`, which is there, to read and append to. A fork's child may keep it. 0 or -errno. */
int lc_target_open_shared(struct lc_target *t, const char *path);

/* A fork's child: the copy of standard error is the parent's (a daemon that has given up its own must not be
 * held to the caller's pipe by ours), and a file is opened again under the child's pid when asked for. */
void lc_target_after_fork(struct lc_target *t);

/* The descriptor to write to, or -1 when there is none any more. */
int lc_target_fd(struct lc_target *t);

/* One line, "leakcheck: ...", if there is anywhere to write it to, and it can be written to soon. */
void lc_target_say(struct lc_target *t, const char *text);

#endif
