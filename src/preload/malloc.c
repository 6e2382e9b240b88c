/* The doors of the malloc family: the real thing, a note, and back. Notes of a block that goes are made
 * before its address is given back, when it still is ours to name. */
#include "base/range.h"
#include "preload/door.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* C23, and gone from glibc: not declared by its headers. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t alignment, size_t size);
void cfree(void *p);

LC_EXPORT void *malloc(size_t size)
{
    if (lc_door_is_early())
        return lc_early_alloc(size, 1);
    return lc_door_note(lc_real.malloc(size), size, LC_FN_MALLOC, LC_CALLER());
}

LC_EXPORT void *calloc(size_t count, size_t size)
{
    if (lc_door_is_early())
        return size && count > SIZE_MAX / size ? NULL : lc_early_alloc(count * size, 1);
    return lc_door_note(lc_real.calloc(count, size), count * size, LC_FN_CALLOC, LC_CALLER());
}

/* An early block moves to the real allocator. */
static void *leave_early(void *p, size_t size, enum lc_function f, struct lc_context caller)
{
    void *fresh = lc_door_is_early() ? lc_early_alloc(size, 1) : lc_real.malloc(size);
    if (fresh && p)
        memcpy(fresh, p, size < lc_early_size(p) ? size : lc_early_size(p));
    return lc_door_is_early() ? fresh : lc_door_note(fresh, size, f, caller);
}

static void *reallocate(void *p, size_t size, enum lc_function f, struct lc_context caller)
{
    if (lc_door_is_early() || lc_early_owns(p))
        return leave_early(p, size, f, caller);
    if (!p || !lc_is_recording)
        return lc_door_note(lc_real.realloc(p, size), size, f, caller);
    struct lc_ticket ticket = lc_track_take(p, f, &caller);
    void *fresh = lc_real.realloc(p, size);
    if (!fresh && size)
        lc_track_restore(ticket); /* realloc(p, 0) that returns NULL has freed */
    return lc_door_note(fresh, size, f, caller);
}

LC_EXPORT void *realloc(void *p, size_t size)
{
    return reallocate(p, size, LC_FN_REALLOC, LC_CALLER());
}

LC_EXPORT void *reallocarray(void *p, size_t count, size_t size)
{
    if (LC_UNLIKELY(size && count > SIZE_MAX / size)) {
        errno = ENOMEM;
        return NULL;
    }
    return reallocate(p, count * size, LC_FN_REALLOCARRAY, LC_CALLER());
}

static LC_ALWAYS_INLINE void release(void *p, enum lc_function f, struct lc_context caller)
{
    if (!p || LC_UNLIKELY(lc_early_owns(p)) || lc_door_is_early())
        return;
    if (LC_LIKELY(lc_is_recording))
        lc_track_free(p, f, &caller);
    lc_real.free(p);
}

LC_EXPORT void free(void *p)
{
    release(p, LC_FN_FREE, LC_CALLER());
}

LC_EXPORT void cfree(void *p)
{
    release(p, LC_FN_CFREE, LC_CALLER());
}

LC_EXPORT void free_sized(void *p, size_t size)
{
    (void)size;
    release(p, LC_FN_FREE_SIZED, LC_CALLER());
}

LC_EXPORT void free_aligned_sized(void *p, size_t alignment, size_t size)
{
    (void)alignment;
    (void)size;
    release(p, LC_FN_FREE_ALIGNED_SIZED, LC_CALLER());
}

LC_EXPORT int posix_memalign(void **out, size_t alignment, size_t size)
{
    if (lc_door_is_early())
        return (*out = lc_early_alloc(size, alignment)) ? 0 : ENOMEM;
    int error = lc_real.posix_memalign(out, alignment, size);
    if (LC_LIKELY(error == 0))
        lc_door_note(*out, size, LC_FN_POSIX_MEMALIGN, LC_CALLER());
    return error;
}

LC_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    if (lc_door_is_early())
        return lc_early_alloc(size, alignment);
    return lc_door_note(lc_real.aligned_alloc(alignment, size), size, LC_FN_ALIGNED_ALLOC, LC_CALLER());
}

LC_EXPORT void *memalign(size_t alignment, size_t size)
{
    if (lc_door_is_early())
        return lc_early_alloc(size, alignment);
    return lc_door_note(lc_real.memalign(alignment, size), size, LC_FN_MEMALIGN, LC_CALLER());
}

LC_EXPORT void *valloc(size_t size)
{
    if (lc_door_is_early())
        return lc_early_alloc(size, LC_PAGE_SIZE);
    return lc_door_note(lc_real.valloc(size), size, LC_FN_VALLOC, LC_CALLER());
}

LC_EXPORT void *pvalloc(size_t size)
{
    size_t whole = lc_align_up(size, LC_PAGE_SIZE);
    if (lc_door_is_early())
        return lc_early_alloc(whole, LC_PAGE_SIZE);
    return lc_door_note(lc_real.pvalloc(size), whole, LC_FN_PVALLOC, LC_CALLER());
}

LC_EXPORT size_t malloc_usable_size(void *p)
{
    if (LC_UNLIKELY(lc_early_owns(p)))
        return lc_early_size(p);
    return p && lc_real.malloc_usable_size ? lc_real.malloc_usable_size(p) : 0;
}
