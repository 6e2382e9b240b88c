/* What every program here is made of: cases, of which argv[1] names one, and an end without stale pointers.
 * More names are run one after the other, each in a child process: what valgrind need not start anew for.
 *
 *   // expect: definite 16/1, indirect 8/1     bytes/blocks of each class, by valgrind and by us; others are 0
 *   // differs: possible 16/1: why             what we say where that is defined to be something else
 *   // options: --leak-check-heuristics=none   for valgrind and for us
 *   // ours: --use-tls=no                      for us alone
 *   // stacks: why                            loss records are compared without their stacks
 *   // leaders: why                           ... without the indirect bytes of each
 *   CASE(name) { ... }
 *
 * tests/e2e/leaks.py compiles, runs and compares. With -DSTALE=STALE_RETURNED the dead stack below main is
 * left as it is, with -DSTALE=STALE_INSIDE the case itself calls exit: what tests/bench/stale.py measures.
 */
#ifndef LEAKS_H
#define LEAKS_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STALE_RETURNED 1
#define STALE_INSIDE 2
#ifndef STALE
#define STALE 0
#endif

struct leak_case {
    const char *name;
    void (*run)(void);
};
#ifdef __cplusplus
extern "C" {
#endif
extern const struct leak_case __start_leak_cases[], __stop_leak_cases[];
#ifdef __cplusplus
}
#endif

#define DECLARE_CASE(name) \
    static const struct leak_case case_##name __attribute__((section("leak_cases"), used)) = {#name, name};
#if STALE == STALE_INSIDE
#define CASE(name) \
    static inline void name##_inside(void); \
    __attribute__((noinline)) static void name(void) { name##_inside(); exit(0); } \
    DECLARE_CASE(name) \
    __attribute__((always_inline)) static inline void name##_inside(void)
#else
#define CASE(name) \
    __attribute__((noinline)) static void name(void); \
    DECLARE_CASE(name) \
    static void name(void)
#endif

/* Roots to hold blocks by. */
void *held, *held_too;

/* The compiler must take it that `p` is read, and all that hangs from it. */
static inline void use(const void *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}

/* A block of `size` bytes, all zero but for the first word, which is `first` if there is room for it. */
__attribute__((noinline)) static void *block(size_t size, const void *first)
{
    void *p = malloc(size);
    memset(p, 0, size);
    if (size >= sizeof first)
        memcpy(p, &first, sizeof first);
    use(p);
    return p;
}

/* Overwrites what calls have left in the stack below the caller, and in the registers that calls may change. */
__attribute__((noinline)) static void scrub(void)
{
    char below[65536];
    memset(below, 0, sizeof below);
    use(below);
    __asm__ volatile("xor %%eax, %%eax\n\txor %%ecx, %%ecx\n\txor %%edx, %%edx\n\txor %%esi, %%esi\n\txor %%edi, %%edi\n\t"
                     "xor %%r8d, %%r8d\n\txor %%r9d, %%r9d\n\txor %%r10d, %%r10d\n\txor %%r11d, %%r11d\n\t"
                     "pxor %%xmm0, %%xmm0\n\tpxor %%xmm1, %%xmm1\n\tpxor %%xmm2, %%xmm2\n\tpxor %%xmm3, %%xmm3\n\t"
                     "pxor %%xmm4, %%xmm4\n\tpxor %%xmm5, %%xmm5\n\tpxor %%xmm6, %%xmm6\n\tpxor %%xmm7, %%xmm7"
                     : : : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3",
                           "xmm4", "xmm5", "xmm6", "xmm7");
}

/* Returns in each child, with the name of its case. The parent says on stderr who was who: pid, wait status, name. */
static const char *in_children(char **names)
{
    for (; *names; names++) {
        int status;
        pid_t child = fork();
        if (child == 0)
            return *names;
        waitpid(child, &status, 0);
        dprintf(STDERR_FILENO, "%d %d %s\n", child, status, *names);
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    const char *name = argc == 2 ? argv[1] : in_children(argv + 1);
    for (const struct leak_case *c = __start_leak_cases; c < __stop_leak_cases; c++)
        if (strcmp(c->name, name) == 0) {
            c->run();
            if (!STALE)
                scrub();
            return 0;
        }
    return 99;
}

#endif
