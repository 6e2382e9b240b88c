/* The doors of mapped memory. They make the system call themselves: an allocator that is still starting may
 * stand in the call, and the loader's lock may be held. */
#undef _FILE_OFFSET_BITS /* with 64 the headers make mmap another name of mmap64, and we define both */

#include "base/sys.h"
#include "preload/door.h"

#include <errno.h>
#include <stdarg.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct lc_range pages(uintptr_t start, size_t len)
{
    return (struct lc_range){start, start + lc_align_up(len, LC_PAGE_SIZE)};
}

/* libc's way to answer: -1 (MAP_FAILED) and errno, or the address. */
static void *answer_address(uintptr_t answer)
{
    if (LC_LIKELY(!lc_sys_is_error(answer)))
        return (void *)answer;
    errno = -(int)answer;
    return MAP_FAILED;
}

static int answer_status(int answer)
{
    if (answer >= 0)
        return answer;
    errno = -answer;
    return -1;
}

static void *map(void *address, size_t len, int prot, int flags, int fd, off_t offset, struct lc_context caller)
{
    uintptr_t p = lc_sys_mmap((uintptr_t)address, len, prot, flags, fd, offset);
    if (lc_is_recording && !lc_sys_is_error(p))
        lc_track_map(pages(p, len), LC_FN_MMAP, &caller);
    return answer_address(p);
}

LC_EXPORT void *mmap(void *address, size_t len, int prot, int flags, int fd, off_t offset)
{
    return map(address, len, prot, flags, fd, offset, LC_CALLER());
}

LC_EXPORT void *mmap64(void *address, size_t len, int prot, int flags, int fd, off64_t offset)
{
    return map(address, len, prot, flags, fd, offset, LC_CALLER());
}

LC_EXPORT int munmap(void *address, size_t len)
{
    if (lc_is_recording && len && (uintptr_t)address % LC_PAGE_SIZE == 0)
        lc_track_unmap(pages((uintptr_t)address, len));
    return answer_status(lc_sys_munmap((uintptr_t)address, len));
}

LC_EXPORT void *mremap(void *old, size_t old_len, size_t new_len, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    uintptr_t new_address = flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) ? va_arg(args, uintptr_t) : 0;
    va_end(args);
    struct lc_context caller = LC_CALLER();
    struct lc_mapping taken = {0};
    if (lc_is_recording && !(flags & MREMAP_DONTUNMAP))
        taken = lc_track_take_mapping(pages((uintptr_t)old, old_len));
    uintptr_t p = lc_sys_mremap((uintptr_t)old, old_len, new_len, flags, new_address);
    if (lc_is_recording && !lc_sys_is_error(p))
        lc_track_map(pages(p, new_len), LC_FN_MREMAP, &caller);
    else if (!lc_range_is_empty(taken.range))
        lc_track_restore_mapping(taken);
    return answer_address(p);
}

/* The program break moved: what was added is the program's, what was given back is nobody's. */
static void note_break(uintptr_t before, uintptr_t after, enum lc_function f, const struct lc_context *caller)
{
    if (after > before)
        lc_track_map((struct lc_range){before, after}, f, caller);
    else if (after < before)
        lc_track_unmap((struct lc_range){after, before});
}

static uintptr_t current_break(void)
{
    return (uintptr_t)lc_sys_call(SYS_brk, 0, 0, 0, 0, 0, 0);
}

LC_EXPORT void *sbrk(intptr_t increment)
{
    if (lc_door_is_early())
        return MAP_FAILED;
    void *before = lc_real.sbrk(increment);
    struct lc_context caller = LC_CALLER();
    if (lc_is_recording && increment && before != MAP_FAILED)
        note_break((uintptr_t)before, (uintptr_t)before + (uintptr_t)increment, LC_FN_SBRK, &caller);
    return before;
}

LC_EXPORT int brk(void *address)
{
    if (lc_door_is_early())
        return -1;
    uintptr_t before = current_break();
    int status = lc_real.brk(address);
    struct lc_context caller = LC_CALLER();
    if (lc_is_recording && status == 0)
        note_break(before, (uintptr_t)address, LC_FN_BRK, &caller);
    return status;
}

static size_t segment_size(int id)
{
    struct shmid_ds state = {0};
    return lc_sys_call(SYS_shmctl, id, IPC_STAT, (long)&state, 0, 0, 0) == 0 ? state.shm_segsz : LC_PAGE_SIZE;
}

LC_EXPORT void *shmat(int id, const void *address, int flags)
{
    uintptr_t p = (uintptr_t)lc_sys_call(SYS_shmat, id, (long)address, flags, 0, 0, 0);
    struct lc_context caller = LC_CALLER();
    if (lc_is_recording && !lc_sys_is_error(p))
        lc_track_map(pages(p, segment_size(id)), LC_FN_SHMAT, &caller);
    return answer_address(p);
}

LC_EXPORT int shmdt(const void *address)
{
    if (lc_is_recording)
        lc_track_detach((uintptr_t)address);
    return answer_status((int)lc_sys_call(SYS_shmdt, (long)address, 0, 0, 0, 0, 0));
}
