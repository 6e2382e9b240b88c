/* The doors through which a process ends, and that of dlclose. */
#include "preload/door.h"
#include "preload/end.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* No handler of atexit and no destructor runs here, and stdio is not flushed: dash and coreutils leave so. */
LC_EXPORT void _exit(int status)
{
    struct lc_context here = LC_CALLER();
    lc_end_exit(status, &here);
}

LC_EXPORT void _Exit(int status)
{
    struct lc_context here = LC_CALLER();
    lc_end_exit(status, &here);
}

LC_EXPORT void quick_exit(int status)
{
    lc_end_expect(status);
    if (!lc_door_is_early())
        lc_real.quick_exit(status);
    _exit(status);
}

/* For syscall.S. */
long lc_syscall_failed(int error);
long lc_syscall_failed(int error)
{
    errno = error;
    return -1;
}

LC_EXPORT int dlclose(void *handle)
{
    if (lc_door_is_early() && lc_real_resolve() < 0)
        return -1;
    int status = lc_real.dlclose(handle);
    if (lc_is_recording)
        lc_track_modules_changed();
    return status;
}
