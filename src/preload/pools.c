#include "preload/pools.h"

#include "base/sys.h"
#include "preload/real.h"
#include "record/thread.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

extern void __libc_freeres(void);

/* The first thread stays, as a zombie, when it leaves by pthread_exit: its state is what stands behind its name
 * in stat (proc(5)). */
static bool is_first_thread_gone(void)
{
    char text[128];
    int fd = lc_sys_getpid() == lc_sys_gettid() ? -1 : lc_sys_open("/proc/self/stat", O_RDONLY, 0);
    ssize_t len = fd < 0 ? -1 : lc_sys_read(fd, text, sizeof text - 1);
    if (fd >= 0)
        lc_sys_close(fd);
    if (len <= 0)
        return false;
    text[len] = '\0';
    const char *name_end = strrchr(text, ')');
    return name_end && name_end[1] == ' ' && name_end[2] == 'Z';
}

static bool is_single_threaded(void)
{
    struct stat st;
    const unsigned alive = is_first_thread_gone() ? 2 : 1;
    return lc_sys_call(SYS_newfstatat, AT_FDCWD, (long)"/proc/self/task", (long)&st, 0, 0, 0) == 0 && st.st_nlink == 2 + alive; /* ., .. and one a thread */
}

static bool is_in_signal_handler(const struct lc_context *here)
{
    struct lc_thread *t = lc_thread_self();
    struct lc_recorder *r = t ? lc_thread_borrow(t) : NULL;
    if (!r)
        return true;
    bool is_interrupted = false;
    const uint64_t name = lc_unwind(r->unwinder, here);
    const struct lc_unwound s = lc_unwound(r->unwinder, here, name);
    for (unsigned i = 0; i < s.count; i++)
        is_interrupted |= lc_traced_is_exact(&s.frames[i]);
    lc_thread_return(t);
    return is_interrupted;
}

enum lc_pools lc_pools_free(const struct lc_context *here, bool is_flushed)
{
    if (is_in_signal_handler(here))
        return LC_POOLS_KEPT;
    if (lc_real.cxx_freeres)
        lc_real.cxx_freeres();
    if (!is_flushed || !is_single_threaded())
        return LC_POOLS_CXX_FREED;
    __libc_freeres();
    return LC_POOLS_FREED;
}
