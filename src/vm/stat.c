#include "vm/stat.h"

#include "base/out.h"
#include "base/sys.h"
#include "vm/access.h"
#include "vm/proc.h"

#include <errno.h>
#include <string.h>

#define PF_KTHREAD 0x00200000u /* linux/sched.h */

/* By their numbers in proc(5). */
enum { FIELD_STATE = 3, FIELD_PARENT = 4, FIELD_FLAGS = 9, FIELD_MINOR_FAULTS = 10, FIELD_MAJOR_FAULTS = 12 };

static bool take_field(unsigned number, const char *at, struct lc_vm_stat *out)
{
    uint64_t value;
    if (number == FIELD_STATE)
        out->state = *at;
    if (number != FIELD_PARENT && number < FIELD_FLAGS) /* some of the others may be negative */
        return true;
    if (!lc_proc_number(&at, 10, &value))
        return false;
    if (number == FIELD_PARENT)
        out->parent = (pid_t)value;
    else if (number == FIELD_FLAGS)
        out->is_kernel_thread = value & PF_KTHREAD;
    else if (number == FIELD_MINOR_FAULTS)
        out->minor_faults = value;
    else if (number == FIELD_MAJOR_FAULTS)
        out->major_faults = value;
    return true;
}

/* The name stands in brackets, and may have any character in it. */
bool lc_vm_stat_parse(const char *line, struct lc_vm_stat *out)
{
    const char *open = strchr(line, '('), *close = strrchr(line, ')');
    *out = (struct lc_vm_stat){0};
    if (!open || !close || close < open || close[1] != ' ')
        return false;
    lc_format(out->name, sizeof out->name, "%.*s", (int)(close - open - 1), open + 1);
    const char *at = close + 2;
    for (unsigned number = FIELD_STATE; number <= FIELD_MAJOR_FAULTS; number++) {
        if (!*at || !take_field(number, at, out))
            return false;
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    return true;
}

int lc_vm_stat_read(pid_t pid, struct lc_vm_stat *out)
{
    char text[1024];
    int fd = lc_access_open(pid, "stat");
    if (fd < 0)
        return fd;
    ssize_t got = lc_sys_read(fd, text, sizeof text - 1);
    lc_sys_close(fd);
    if (got < 0)
        return (int)got;
    text[got] = '\0';
    return lc_vm_stat_parse(text, out) ? 0 : -ENODATA;
}
