#include "run_folder.h"

#include "mem.h"
#include "report/run_log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_log(struct lc_run_folder *f)
{
    static const char line[] = LC_RUN_LOG_FIRST_LINE;
    f->log_fd = open(f->log, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return f->log_fd >= 0 && write(f->log_fd, line, strlen(line)) == (ssize_t)strlen(line);
}

bool lc_run_folder_make(struct lc_run_folder *f)
{
    const char *parent = getenv("TMPDIR");
    char *here = parent && *parent == '/' ? NULL : getcwd(NULL, 0);
    if (!parent || !*parent)
        parent = "/tmp";
    f->path = *parent == '/' ? lc_mem_format("%s/leakcheck.XXXXXX", parent)
                             : lc_mem_format("%s/%s/leakcheck.XXXXXX", here ? here : "", parent);
    free(here);
    if (!mkdtemp(f->path))
        return false;
    f->log = lc_mem_format("%s/log", f->path);
    if (make_log(f))
        return true;
    lc_run_folder_remove(f);
    return false;
}

void lc_run_folder_remove(const struct lc_run_folder *f)
{
    lc_run_log_remove(f->log);
}
