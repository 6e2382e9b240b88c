/* How a running process is asked for something: by a signal that carries this value (rt_sigqueueinfo(2)), which the kernel lets
 * only its own user and root send; and where it answers: at a socket that who asks has made. */
#ifndef LC_BASE_REQUEST_H
#define LC_BASE_REQUEST_H

#include "base/compiler.h"

#include <signal.h>
#include <sys/types.h>

/* It is ignored by whoever does not handle it, and hardly anybody does (Go's runtime, which takes others' for its own). */
#define LC_REQUEST_SIGNAL SIGURG

#define LC_REQUEST_MAGIC 0x4c434b31u /* in the upper half of the signal's value; below: */
enum lc_request {
    LC_REQUEST_NONE,
    LC_REQUEST_CHECK = 1, /* a log of what there is now */
    LC_REQUEST_BURY = 2,  /* the copy that was made for it has ended; there is no answer */
    LC_REQUEST_SNAPSHOT,  /* these two only from the process itself: a log into a file */
    LC_REQUEST_TICK       /* of its timer */
};

/* The answer is a line: the first, with the log's descriptor (SCM_RIGHTS); the second, when there is another check just now; or
 * why there is none. */
#define LC_REQUEST_DONE "log\n"
#define LC_REQUEST_BUSY "busy"

#define LC_REQUEST_PATH_MAX 108 /* sockaddr_un.sun_path */

/* Below `root` ("" for one's own), for the processes of `uid`. */
void lc_request_folder(char *path, size_t size, const char *root, uid_t uid);
/* In it: of process `pid`, as it knows itself. */
void lc_request_socket(char *path, size_t size, const char *root, uid_t uid, pid_t pid);

#endif
