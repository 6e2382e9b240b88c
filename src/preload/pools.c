#include "preload/pools.h"

#include "preload/real.h"
#include "record/thread.h"

#include <sys/stat.h>

extern void __libc_freeres(void);

static bool is_single_threaded(void)
{
    struct stat st;
    return stat("/proc/self/task", &st) == 0 && st.st_nlink == 3; /* ., .. and one thread */
}

static bool is_in_signal_handler(const struct lc_context *here)
{
    struct lc_thread *t = lc_thread_self();
    struct lc_recorder *r = t ? lc_thread_borrow(t) : NULL;
    if (!r)
        return true;
    bool is_interrupted = false;
    struct lc_unwound s = lc_unwind(r->unwinder, here, LC_FRAMES_MAX);
    for (unsigned i = 0; i < s.count; i++)
        is_interrupted |= s.frames[i].exact;
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
