/* What a program can ask of leakcheck, if it is there: each call does nothing, and answers 0, in a process that
 * runs without it. Nothing is linked: the functions behind are weak references to what libleakcheck.so brings.
 * C and C++. Any thread; not in signal handlers. */
#ifndef LEAKCHECK_LEAKCHECK_H
#define LEAKCHECK_LEAKCHECK_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LEAKCHECK_API_VERSION 1

/* Live memory by what holds it. */
struct leakcheck_leaks {
    uint64_t definite_bytes, definite_blocks; /* nothing */
    uint64_t indirect_bytes, indirect_blocks; /* only what is lost */
    uint64_t possible_bytes, possible_blocks; /* only pointers to its inside */
    uint64_t reachable_bytes, reachable_blocks;
    uint64_t mapping_bytes, mappings; /* mapped by the program, and nothing points there */
};

/* The symbols themselves; call what stands below. */
extern int leakcheck_v1_check(void) __attribute__((weak));
extern int leakcheck_v1_count(struct leakcheck_leaks *) __attribute__((weak));
extern int leakcheck_v1_snapshot(void) __attribute__((weak));
extern void leakcheck_v1_ignore(const void *) __attribute__((weak));
extern void leakcheck_v1_disable(void) __attribute__((weak));
extern void leakcheck_v1_enable(void) __attribute__((weak));
extern void leakcheck_v1_register_root(const void *, size_t) __attribute__((weak));
extern void leakcheck_v1_unregister_root(const void *, size_t) __attribute__((weak));

/* Looks for leaks now, and reports if there are any. 1 if one of those counts (errors-for-leak-kinds), else 0. */
static inline int leakcheck_check(void)
{
    return leakcheck_v1_check ? leakcheck_v1_check() : 0;
}

/* Counts what there is now, without a report. 1, or 0 with nothing but zeroes when it can't be found out. */
static inline int leakcheck_count(struct leakcheck_leaks *leaks)
{
    const struct leakcheck_leaks none = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    *leaks = none;
    return leakcheck_v1_count ? leakcheck_v1_count(leaks) : 0;
}

/* Writes a log of what there is now (option snapshots), while the program goes on. 1 if one was begun, else 0: another one has not
 * ended, or the file can't be made. */
static inline int leakcheck_snapshot(void)
{
    return leakcheck_v1_snapshot ? leakcheck_v1_snapshot() : 0;
}

/* The block that starts at `block`, and what it points to, are no leaks. */
static inline void leakcheck_ignore(const void *block)
{
    if (leakcheck_v1_ignore)
        leakcheck_v1_ignore(block);
}

/* What this thread allocates between the two is no leak, nor what that points to. They nest. */
static inline void leakcheck_disable(void)
{
    if (leakcheck_v1_disable)
        leakcheck_v1_disable();
}
static inline void leakcheck_enable(void)
{
    if (leakcheck_v1_enable)
        leakcheck_v1_enable();
}

/* Pointers in these bytes hold what they point to, wherever they lie. Unregister with the same two values. */
static inline void leakcheck_register_root(const void *start, size_t bytes)
{
    if (leakcheck_v1_register_root)
        leakcheck_v1_register_root(start, bytes);
}
static inline void leakcheck_unregister_root(const void *start, size_t bytes)
{
    if (leakcheck_v1_unregister_root)
        leakcheck_v1_unregister_root(start, bytes);
}

#ifdef __cplusplus
}

namespace leakcheck {
/* leakcheck_disable() for a scope. */
struct disabler {
    disabler() { leakcheck_disable(); }
    ~disabler() { leakcheck_enable(); }
    disabler(const disabler &) = delete;
    disabler &operator=(const disabler &) = delete;
};
} // namespace leakcheck
#endif

#endif
