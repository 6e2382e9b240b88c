#include "unwind/readable.h"

#include "base/sys.h"

#include <errno.h>
#include <sys/syscall.h>

/* A jump over more pages than this is not followed page by page: it leads to another stack. */
#define NEAR_BYTES (64 * LC_PAGE_SIZE)

/* rt_sigprocmask reads the new mask before it looks at what to do with it: EFAULT when the word can't be
 * read, EINVAL when it can. No side effect, no descriptor, and hardly a sandbox forbids it; what any other
 * answer means is not known, so the word counts as unreadable. (The kernel's kernel/signal.c; abseil's
 * address_is_readable.cc does the same.) */
static bool is_readable(uintptr_t address)
{
    const long no_such_operation = -1;
    return lc_sys_call(SYS_rt_sigprocmask, no_such_operation, (long)address, 0, sizeof(uint64_t), 0, 0) ==
           -EINVAL;
}

static bool are_readable(uintptr_t page, uintptr_t end)
{
    while (page < end && is_readable(page))
        page += LC_PAGE_SIZE;
    return page >= end;
}

void lc_readable_enter(struct lc_readable *r, uintptr_t sp)
{
    const uintptr_t page = lc_align_down(sp - sizeof(uintptr_t), LC_PAGE_SIZE);
    const bool is_above = page >= r->low && page < r->current.end;
    const bool is_below = page < r->low && r->low - page <= NEAR_BYTES;
    if (!is_above && !(is_below && are_readable(page + LC_PAGE_SIZE, r->low)))
        r->current.end = page + LC_PAGE_SIZE;
    if (!is_above)
        r->low = page;
    r->current.start = page;
    r->other = (struct lc_range){0, 0}; /* whose end is not ours to know: it holds for one capture */
}

static bool ask_of_other(struct lc_readable *r, uintptr_t page)
{
    if (lc_range_has(r->other, page))
        return true;
    if (!is_readable(page))
        return false;
    if (page != r->other.end)
        r->other.start = page;
    r->other.end = page + LC_PAGE_SIZE;
    return true;
}

bool lc_readable_ask(struct lc_readable *r, uintptr_t address)
{
    const uintptr_t known = r->current.end;
    const uintptr_t end = lc_align_down(address, LC_PAGE_SIZE) + LC_PAGE_SIZE;
    if (address % sizeof(uintptr_t))
        return false;
    if (address < known || end - known > NEAR_BYTES)
        return ask_of_other(r, end - LC_PAGE_SIZE);
    if (!are_readable(known, end)) /* two stacks may be near each other, with a guard page between */
        return ask_of_other(r, end - LC_PAGE_SIZE);
    r->current.end = end;
    return true;
}
