/* The doors through which a process ends, and that of dlclose. */
#include "base/sys.h"
#include "preload/door.h"
#include "preload/end.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

/* No handler of atexit and no destructor runs here, and stdio is not flushed: dash and coreutils leave so. */
static void __attribute__((noreturn)) leave(int status)
{
    lc_sys_exit_group(lc_end_report(LC_END_STATUS, status & 0xff));
}

LC_EXPORT void _exit(int status)
{
    leave(status);
}

LC_EXPORT void _Exit(int status)
{
    leave(status);
}

LC_EXPORT void quick_exit(int status)
{
    lc_end_expect(status);
    lc_real.quick_exit(status);
    leave(status);
}

LC_EXPORT int dlclose(void *handle)
{
    int status = lc_real.dlclose(handle);
    if (lc_is_recording)
        lc_track_modules_changed();
    return status;
}
