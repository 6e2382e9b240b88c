/* The stack of the calling thread, as return addresses. */
#ifndef LC_UNWIND_UNWIND_H
#define LC_UNWIND_UNWIND_H

#include "base/compiler.h"

#define LC_FRAMES_MAX 256

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

/* A frame of a captured stack. A return address points after the call; a frame interrupted by a signal holds
 * the very address. */
struct lc_traced {
    uintptr_t pc, sp, fp;
    int16_t fp_at; /* these two are the unwinder's: see trace.h */
    uint8_t link;
    bool exact; /* interrupted at pc */
    uint32_t tag;
};
static_assert(sizeof(struct lc_traced) == 32, "two frames a cache line: a capture reads them all");

/* One captured stack, innermost first: frames[0].pc is the caller's. It lies in the unwinder, until its next
 * capture. The tags are the user's to set: a tag stays, over captures, as long as its frame and all of its
 * callers are on the stack unchanged; else it is 0. So a tag can name the stack from its frame outwards. */
struct lc_unwound {
    struct lc_traced *frames;
    unsigned count;
    bool truncated; /* there is more than `limit`, or the unwinder could not go on */
};

/* Per-thread memory of the unwinder; zero-initialised is valid. One user at a time: a signal handler that
 * captures while its thread does uses another one. After a handler that left a capture by longjmp, it may be
 * used again. */
struct lc_unwinder;
size_t lc_unwinder_size(void);

/* Captures at most `limit` (<= LC_FRAMES_MAX) frames of the calling thread from `from` outwards.
 * Never allocates from the host, never takes a lock of libc or of the loader, never faults, uses less than
 * 1 KiB of the caller's stack. Async-signal-safe. */
struct lc_unwound lc_unwind(struct lc_unwinder *u, const struct lc_context *from, unsigned limit);

/* Rules and traces of code that was unmapped (dlclose) die. Any thread; takes effect at each thread's next
 * capture. */
void lc_unwind_forget_modules(void);

#endif
