/* The doors of operator new and delete, in C by their mangled names (Itanium C++ ABI, 5.1). Each hands on to
 * the program's own runtime, so that a replaced operator, a new_handler and std::bad_alloc work as without
 * us; what that runtime takes from malloc meanwhile is the door's. */
#include "base/range.h"
#include "preload/door.h"

#include <stdlib.h>

void *lc_cxx_call(lc_real_operator *function, uintptr_t first, uintptr_t second, uintptr_t third);
int lc_cxx_personality(int version, int actions, uint64_t class, void *exception, void *context);

/* From the Itanium C++ ABI, level I: unwind.h is the compiler's and drags in its runtime. */
enum { UNWIND_CLEANUP_PHASE = 2, UNWIND_CONTINUE = 8 };

/* An exception passes lc_cxx_call: the door is left without a block. */
int lc_cxx_personality(int version, int actions, uint64_t class, void *exception, void *context)
{
    (void)version, (void)class, (void)exception, (void)context;
    if (actions & UNWIND_CLEANUP_PHASE) {
        struct lc_context here = LC_CALLER();
        lc_track_leave(NULL, 0, LC_FN_NEW, &here);
    }
    return UNWIND_CONTINUE;
}

static void *make_by(lc_real_operator *real, enum lc_function f, size_t size, uintptr_t second, uintptr_t third,
                     const struct lc_context *caller)
{
    if (!lc_is_recording || !lc_track_enter(caller))
        return real(size, second, third);
    void *p = lc_cxx_call(real, size, second, third);
    lc_track_leave(p, size, f, caller);
    return p;
}

static bool is_aligned(enum lc_function f)
{
    return f == LC_FN_NEW_ALIGNED || f == LC_FN_NEW_ALIGNED_NOTHROW || f == LC_FN_NEW_ARRAY_ALIGNED ||
           f == LC_FN_NEW_ARRAY_ALIGNED_NOTHROW;
}

/* A runtime that came with dlopen: what its operator new does is malloc, until there is no memory. To ask the
 * loader for it at each first call could deadlock, in a constructor that waits for a thread. */
static void *make_without_runtime(enum lc_function f, size_t size, uintptr_t second, uintptr_t third,
                                  const struct lc_context *caller)
{
    void *p = is_aligned(f) ? lc_real.aligned_alloc(second, lc_align_up(size, second)) : lc_real.malloc(size);
    lc_real_operator *real = p ? NULL : lc_real_cxx_loaded(f, caller->pc);
    return real ? make_by(real, f, size, second, third, caller) : lc_door_note(p, size, f, *caller);
}

static void *make(enum lc_function f, size_t size, uintptr_t second, uintptr_t third, struct lc_context caller)
{
    lc_real_operator *real = lc_real_cxx(f, caller.pc);
    if (LC_UNLIKELY(!real))
        return make_without_runtime(f, size, second, third, &caller);
    return make_by(real, f, size, second, third, &caller);
}

static void destroy(enum lc_function f, void *p, uintptr_t second, uintptr_t third, struct lc_context caller)
{
    uintptr_t outer;
    lc_real_operator *real = lc_real_cxx(f, caller.pc);
    bool is_noted = p && lc_is_recording && !lc_early_owns(p) && lc_track_enter_delete(p, f, &caller, &outer);
    if (LC_LIKELY(real != NULL))
        real((uintptr_t)p, second, third);
    else
        lc_real.free(p);
    if (is_noted)
        lc_track_leave_delete(outer, &caller);
}

/* The words after the first are an alignment, a size or a nothrow_t&: only passed on. */
#define NEW_1(id, symbol)                                                                                \
    LC_EXPORT void *symbol(size_t size);                                                                 \
    LC_EXPORT void *symbol(size_t size)                                                                  \
    {                                                                                                    \
        return make(LC_FN_##id, size, 0, 0, LC_CALLER());                                                \
    }
#define NEW_2(id, symbol)                                                                                \
    LC_EXPORT void *symbol(size_t size, uintptr_t second);                                               \
    LC_EXPORT void *symbol(size_t size, uintptr_t second)                                                \
    {                                                                                                    \
        return make(LC_FN_##id, size, second, 0, LC_CALLER());                                           \
    }
#define NEW_3(id, symbol)                                                                                \
    LC_EXPORT void *symbol(size_t size, uintptr_t second, uintptr_t third);                              \
    LC_EXPORT void *symbol(size_t size, uintptr_t second, uintptr_t third)                               \
    {                                                                                                    \
        return make(LC_FN_##id, size, second, third, LC_CALLER());                                       \
    }
#define DELETE_1(id, symbol)                                                                             \
    LC_EXPORT void symbol(void *p);                                                                      \
    LC_EXPORT void symbol(void *p)                                                                       \
    {                                                                                                    \
        destroy(LC_FN_##id, p, 0, 0, LC_CALLER());                                                       \
    }
#define DELETE_2(id, symbol)                                                                             \
    LC_EXPORT void symbol(void *p, uintptr_t second);                                                    \
    LC_EXPORT void symbol(void *p, uintptr_t second)                                                     \
    {                                                                                                    \
        destroy(LC_FN_##id, p, second, 0, LC_CALLER());                                                  \
    }
#define DELETE_3(id, symbol)                                                                             \
    LC_EXPORT void symbol(void *p, uintptr_t second, uintptr_t third);                                   \
    LC_EXPORT void symbol(void *p, uintptr_t second, uintptr_t third)                                    \
    {                                                                                                    \
        destroy(LC_FN_##id, p, second, third, LC_CALLER());                                              \
    }

NEW_1(NEW, _Znwm)
NEW_2(NEW_NOTHROW, _ZnwmRKSt9nothrow_t)
NEW_2(NEW_ALIGNED, _ZnwmSt11align_val_t)
NEW_3(NEW_ALIGNED_NOTHROW, _ZnwmSt11align_val_tRKSt9nothrow_t)
NEW_1(NEW_ARRAY, _Znam)
NEW_2(NEW_ARRAY_NOTHROW, _ZnamRKSt9nothrow_t)
NEW_2(NEW_ARRAY_ALIGNED, _ZnamSt11align_val_t)
NEW_3(NEW_ARRAY_ALIGNED_NOTHROW, _ZnamSt11align_val_tRKSt9nothrow_t)

DELETE_1(DELETE, _ZdlPv)
DELETE_2(DELETE_SIZED, _ZdlPvm)
DELETE_2(DELETE_NOTHROW, _ZdlPvRKSt9nothrow_t)
DELETE_2(DELETE_ALIGNED, _ZdlPvSt11align_val_t)
DELETE_3(DELETE_SIZED_ALIGNED, _ZdlPvmSt11align_val_t)
DELETE_3(DELETE_ALIGNED_NOTHROW, _ZdlPvSt11align_val_tRKSt9nothrow_t)
DELETE_1(DELETE_ARRAY, _ZdaPv)
DELETE_2(DELETE_ARRAY_SIZED, _ZdaPvm)
DELETE_2(DELETE_ARRAY_NOTHROW, _ZdaPvRKSt9nothrow_t)
DELETE_2(DELETE_ARRAY_ALIGNED, _ZdaPvSt11align_val_t)
DELETE_3(DELETE_ARRAY_SIZED_ALIGNED, _ZdaPvmSt11align_val_t)
DELETE_3(DELETE_ARRAY_ALIGNED_NOTHROW, _ZdaPvSt11align_val_tRKSt9nothrow_t)
