#include "preload/mark.h"

#include "base/arena.h"
#include "base/sys.h"

#include <errno.h>
#include <sys/mman.h>

/* The owner's pid, in a page that the kernel empties in the child of a fork, and of nothing else
 * (MADV_WIPEONFORK, madvise(2)). */
static pid_t *mark;

int lc_mark_init(void)
{
    mark = lc_pages_map(LC_PAGE_SIZE, "process");
    if (!mark)
        return -ENOMEM;
    lc_sys_madvise((uintptr_t)mark, LC_PAGE_SIZE, MADV_WIPEONFORK);
    lc_mark_take();
    return 0;
}

enum lc_mark lc_mark_check(void)
{
    if (*mark == 0)
        return LC_MARK_FORKED;
    pid_t pid = lc_sys_getpid();
    return pid < 0 || *mark == pid ? LC_MARK_OWN : LC_MARK_BORROWED;
}

void lc_mark_take(void)
{
    *mark = lc_sys_getpid();
}
