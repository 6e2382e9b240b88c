/* What filters of system calls (seccomp(2)) answer, as the kernel asks them: for who wants to know before he makes a call that he
 * may be killed for. */
#ifndef LC_BASE_FILTER_H
#define LC_BASE_FILTER_H

#include "base/compiler.h"

#include <linux/filter.h>

/* A call: its number and its arguments. */
struct lc_filter_call {
    long number;
    long arguments[6];
};

/* The answer of one program (SECCOMP_RET_...). A program that the kernel would not have taken kills. */
uint32_t lc_filter_run(const struct sock_filter *program, size_t len, const struct lc_filter_call *call);

/* Of two answers the one that the kernel goes by. */
uint32_t lc_filter_stricter(uint32_t a, uint32_t b);

#endif
