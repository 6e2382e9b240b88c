/* The stack of the calling thread, as return addresses. */
#ifndef LC_UNWIND_UNWIND_H
#define LC_UNWIND_UNWIND_H

#include "base/compiler.h"

/* A capture goes to the outermost frame, or, in a deeper stack, at least over the innermost LC_FRAMES_KEPT. */
#define LC_FRAMES_MAX 512
#define LC_FRAMES_KEPT 256

/* Where a stack starts: the state of the caller of a door, just after the door would have returned.
 * sp is the CFA of the door's frame; fp is rbp as the caller left it. (System V ABI, AMD64, 3.2.) */
struct lc_context {
    uintptr_t pc;
    uintptr_t sp;
    uintptr_t fp;
};

/* The caller of the function that this stands in, which gets a frame pointer by it. */
#define LC_CALLER()                                                                                      \
    ((struct lc_context){(uintptr_t)__builtin_return_address(0),                                         \
                         (uintptr_t)__builtin_frame_address(0) + 16,                                     \
                         *(uintptr_t *)__builtin_frame_address(0)})

/* A frame of a captured stack: its code and its CFA, each with a bit or two of the unwinder's (trace.h). A return
 * address points after the call; a frame interrupted by a signal holds the very address. */
struct lc_traced {
    uintptr_t pc, sp;
};
#define LC_TRACED_EXACT ((uintptr_t)1 << 63) /* in pc: interrupted there; user addresses end below */

/* What goes with it. */
struct lc_traced_more {
    uint64_t name; /* of the stack from this frame outwards, see below */
    uintptr_t fp;
    uint32_t tag;  /* the user's to set: stays as long as its name does, else it is 0 */
    int16_t fp_at; /* these two are the unwinder's */
    uint8_t link;
};
static_assert(sizeof(struct lc_traced) == 16 && sizeof(struct lc_traced_more) == 24,
              "a capture reads all of the first, and a few of the second");

/* A stack's name is a hash of all of its frames; equal stacks have equal ones, and two of n different stacks have the
 * same one with a chance of n * n / 2^64 (10 million stacks: 5 in a million). A name holds until code is unmapped
 * (lc_unwind_forget_modules), which may give other code the same addresses. */
#define LC_NAME_LOST ((uint64_t)1) /* the stack has more frames, and the unwinder could not find them */

/* One captured stack, innermost first: frames[0].pc is the caller's. It lies in the unwinder, until its next
 * capture. */
struct lc_unwound {
    const struct lc_traced *frames;
    struct lc_traced_more *more; /* more[0].name is the stack's */
    unsigned count;
    bool truncated; /* there is more, beyond what is kept or where the unwinder could not go on */
};

static inline uintptr_t lc_traced_pc(const struct lc_traced *t)
{
    return t->pc & ~LC_TRACED_EXACT;
}

static inline bool lc_traced_is_exact(const struct lc_traced *t)
{
    return t->pc & LC_TRACED_EXACT;
}

/* Per-thread memory of the unwinder; zero-initialised is valid. One user at a time: a signal handler that
 * captures while its thread does uses another one. After a handler that left a capture by longjmp, it may be
 * used again. */
struct lc_unwinder;
size_t lc_unwinder_size(void);

/* Captures the stack of the calling thread from `from` outwards: its name.
 * Never allocates from the host, never takes a lock of libc or of the loader, never faults, uses less than
 * 1 KiB of the caller's stack. Async-signal-safe. */
uint64_t lc_unwind(struct lc_unwinder *u, const struct lc_context *from);

/* The frames of the stack that was captured last: from `from`, with that name. */
struct lc_unwound lc_unwound(struct lc_unwinder *u, const struct lc_context *from, uint64_t name);

/* Rules and traces of code that was unmapped (dlclose) die. Any thread; takes effect at each thread's next
 * capture. */
void lc_unwind_forget_modules(void);

#endif
