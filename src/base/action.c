#include "base/action.h"

#include "base/sys.h"

#include <sys/syscall.h>

struct lc_range lc_action_defaults;

int lc_action_set(int signal, const struct lc_action *new, struct lc_action *old)
{
    return (int)lc_sys_call(SYS_rt_sigaction, signal, (long)new, (long)old, sizeof new->mask, 0, 0);
}
