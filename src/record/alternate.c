#include "record/alternate.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/thread.h"

#include <sys/syscall.h>

#define STACK_BYTES ((size_t)64 << 10) /* handlers of the program's that ask for a signal stack stand on it, too */

static bool is_on;

void lc_alternate_give(struct lc_thread *t)
{
    stack_t now;
    if (!is_on || lc_sys_call(SYS_sigaltstack, 0, (long)&now, 0, 0, 0, 0) < 0 || !(now.ss_flags & SS_DISABLE))
        return;
    if (!t->alternate && !(t->alternate = lc_pages_map(STACK_BYTES, "signal stacks")))
        return;
    const stack_t ours = {.ss_sp = t->alternate, .ss_size = STACK_BYTES};
    lc_sys_call(SYS_sigaltstack, (long)&ours, 0, 0, 0, 0, 0);
}

void lc_alternate_give_again(void)
{
    struct lc_thread *self = is_on ? lc_thread_self() : NULL;
    if (self)
        lc_alternate_give(self);
}

void lc_alternate_begin(void)
{
    is_on = true;
    lc_alternate_give_again();
}

bool lc_alternate_is_ours(const stack_t *s)
{
    if (!is_on || !s->ss_sp)
        return false;
    const struct lc_thread *self = lc_thread_self();
    return self && s->ss_sp == self->alternate;
}
