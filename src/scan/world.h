/* The other threads of the process: stopped while the scan looks at their memory, and let go again.
 *
 * A signal is sent to each; its handler leaves the thread's registers and waits. No ptrace, so that it works
 * in containers, under a debugger, and under seccomp's usual filters. A thread that blocks the signal is not
 * sent it (a thread in sigwait would take it for the program's): if it waits in the kernel, that says where its
 * stack pointer is. */
#ifndef LC_SCAN_WORLD_H
#define LC_SCAN_WORLD_H

#include "base/range.h"

#include <signal.h>
#include <sys/types.h>
#include <ucontext.h>

#define LC_WORLD_REGISTERS 16 /* general registers but the program counter */

enum lc_world_state {
    LC_THREAD_ASKED,   /* no answer (yet) */
    LC_THREAD_STOPPED, /* registers and sp are known */
    LC_THREAD_WAITS,   /* in a system call, with the signal blocked: sp is known, and may change */
    LC_THREAD_RUNS,    /* it can't be stopped: nothing is known */
    LC_THREAD_GONE     /* it has ended meanwhile */
};

struct lc_world_thread {
    pid_t tid;
    uint32_t state;      /* enum lc_world_state; atomic */
    uintptr_t sp;        /* 0 when not known */
    uintptr_t pointer;   /* its thread pointer (%fs:0), 0 when not known */
    uintptr_t alternate; /* its alternate signal stack, 0 for none */
    uintptr_t registers[LC_WORLD_REGISTERS]; /* r8 .. rsp, in the kernel's order (sys/ucontext.h) */
    uintptr_t pc;
    struct lc_range vectors; /* where its vector registers are saved, on its stack for signals */
};

struct lc_world {
    struct lc_world_thread *threads; /* all but the caller */
    size_t count;
};

/* Stops all threads but the caller's, and those that begin meanwhile. Those that don't answer within
 * `deadline_ms` are left alone, and told by their state. The result is never given back and good until the
 * next stop; one stop at a time. 0; or -errno, and nothing is stopped: -ENOENT where /proc is missing.
 * Locks of ours are free when it returns: whoever holds one can't be stopped before it is released. */
int lc_world_stop(struct lc_world *w, unsigned deadline_ms);

/* Where they can't be stopped: all but `self` are told by their state. 0 or -errno. */
int lc_world_look(struct lc_world *w, pid_t self);

/* Lets them all go. Returns when they have left the handler. */
void lc_world_resume(struct lc_world *w);

/* From now on `signal`, which is at its default, is ours for good, for stops and for whatever else it comes for: that goes to
 * `on_other`, with the signal's information and the context (sigaction(2)), all signals blocked, on the stack of whichever thread
 * it came to. The program may take it for itself later: then it is the program's. 0, -EBUSY (it is not at its default), or
 * -errno. */
typedef void lc_world_other(const siginfo_t *info, const ucontext_t *context);
int lc_world_settle(int signal, lc_world_other *on_other);
/* What the program sees of it, and wants of it, as in preload/fatal.h: the default. */
void lc_world_cover(int signal, struct sigaction *a);
void lc_world_uncover(struct sigaction *a);

/* Threads whose registers are not known. */
size_t lc_world_unstopped(const struct lc_world *w);

#endif
