/* What a workload says about itself on stderr, for bench.py: "bench: KEY=NUMBER". */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdio.h>
#include <time.h>

static inline double bench_now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline void bench_say(const char *key, double value)
{
    fprintf(stderr, "bench: %s=%.3f\n", key, value);
}

#endif
