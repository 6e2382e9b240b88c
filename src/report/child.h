/* Another program, run without the host noticing: no atfork handler, no SIGCHLD, no waiting child of its. */
#ifndef LC_REPORT_CHILD_H
#define LC_REPORT_CHILD_H

/* Runs `arguments` (the first is the path; NULL at the end) with an empty environment, descriptors `in`, `out`
 * and `err`, and waits for it. Its exit status; 128 + the signal that
 * ended it; or -errno when it could not be started. -ECHILD: it was, but another thread of the host, waiting for every
 * child there is, has its status. */
int lc_child_run(const char *const *arguments, int in, int out, int err);

#endif
