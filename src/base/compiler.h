/* What is said to the compiler, once. */
#ifndef LC_BASE_COMPILER_H
#define LC_BASE_COMPILER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LC_EXPORT __attribute__((visibility("default")))
#define LC_LIKELY(x) __builtin_expect(!!(x), 1)
#define LC_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LC_NOINLINE __attribute__((noinline))
#define LC_COLD __attribute__((cold, noinline))
#define LC_ALWAYS_INLINE inline __attribute__((always_inline))
#define LC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define LC_ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* An invariant that must hold in every build: dies at once, in the debugger's hands, allocating nothing. */
#define LC_ASSERT(x)                                                                                     \
    do {                                                                                                 \
        if (LC_UNLIKELY(!(x)))                                                                           \
            __builtin_trap();                                                                            \
    } while (0)

#endif
