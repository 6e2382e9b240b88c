#include "run_folder.h"

#include "base/compiler.h"
#include "mem.h"
#include "report/run_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool make_log(struct lc_run_folder *f)
{
    static const char line[] = LC_RUN_LOG_FIRST_LINE;
    f->log_fd = open(f->log, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return f->log_fd >= 0 && write(f->log_fd, line, strlen(line)) == (ssize_t)strlen(line);
}

static bool make_in(struct lc_run_folder *f, const char *parent)
{
    char *here = *parent == '/' ? NULL : getcwd(NULL, 0);
    f->path = here ? lc_mem_format("%s/%s/leakcheck.XXXXXX", here, parent) : lc_mem_format("%s/leakcheck.XXXXXX", parent);
    free(here);
    if (!mkdtemp(f->path))
        return false;
    f->log = lc_mem_format("%s/log", f->path);
    if (make_log(f))
        return true;
    lc_run_folder_remove(f);
    return false;
}

bool lc_run_folder_make(struct lc_run_folder *f)
{
    const char *chosen = getenv("TMPDIR");
    const char *const parents[] = {chosen && *chosen ? chosen : "/tmp", "/dev/shm", "/tmp"};
    for (size_t i = 0; i < LC_ARRAY_LEN(parents); i++)
        if (make_in(f, parents[i]))
            return true;
    fprintf(stderr, "leakcheck: no file can be made in %s, /dev/shm or /tmp (%s): each process reports for itself\n", parents[0],
            strerror(errno));
    return false;
}

void lc_run_folder_remove(const struct lc_run_folder *f)
{
    lc_run_log_remove(f->log);
}
