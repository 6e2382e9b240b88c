#include "base/limits.h"

#include "base/compiler.h"
#include "base/sys.h"

#include <sys/resource.h>
#include <sys/syscall.h>

void lc_limits_lift(void)
{
    static const int resources[] = {RLIMIT_AS, RLIMIT_DATA, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_FSIZE};
    for (size_t i = 0; i < LC_ARRAY_LEN(resources); i++) {
        struct rlimit limit;
        if (lc_sys_getrlimit(resources[i], &limit) < 0 || limit.rlim_cur == limit.rlim_max)
            continue;
        limit.rlim_cur = limit.rlim_max;
        lc_sys_call(SYS_setrlimit, resources[i], (long)&limit, 0, 0, 0, 0);
    }
}
