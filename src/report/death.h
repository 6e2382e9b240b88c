/* A process that a signal is about to end, as its handler has it. */
#ifndef LC_REPORT_DEATH_H
#define LC_REPORT_DEATH_H

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <ucontext.h>

struct lc_death {
    int signal;
    siginfo_t *info;
    ucontext_t *at; /* where it came */
};

/* What only the thread that it came to can tell. */
struct lc_death_thread {
    pid_t tid;
    char name[16];
    uint32_t stack; /* lc_crash_stack() */
};

#endif
