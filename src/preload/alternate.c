/* The door of sigaltstack: the program sees what it has set, and not what we have given its threads (record/alternate.h). */
#include "record/alternate.h"

#include "base/sys.h"
#include "preload/real.h"
#include "record/thread.h"

#include <errno.h>
#include <sys/syscall.h>

static int set_early(const stack_t *new, stack_t *old)
{
    long rc = lc_sys_call(SYS_sigaltstack, (long)new, (long)old, 0, 0, 0, 0);
    if (rc < 0)
        errno = (int)-rc;
    return rc < 0 ? -1 : 0;
}

LC_EXPORT int sigaltstack(const stack_t *new, stack_t *old)
{
    bool is_given_up = new && new->ss_flags & SS_DISABLE; /* before `old`, which may be the same */
    int rc = (lc_real.sigaltstack ? lc_real.sigaltstack : set_early)(new, old);
    if (rc == 0 && old && lc_alternate_is_ours(old))
        *old = (stack_t){.ss_flags = SS_DISABLE};
    if (rc == 0 && is_given_up)
        lc_alternate_give_again();
    return rc;
}
