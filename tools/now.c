#include "now.h"

#include "ask.h"
#include "complain.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static pid_t number_of(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && n <= 1 << 22 ? (pid_t)n : 0;
}

bool lc_now_keep(int log, const char *path)
{
    struct stat st;
    off_t at = 0;
    int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    bool is_good = to >= 0 && fstat(log, &st) == 0;
    while (is_good && at < st.st_size)
        is_good = sendfile(to, log, &at, (size_t)(st.st_size - at)) > 0;
    is_good &= to < 0 || close(to) == 0;
    if (!is_good)
        lc_complain("%s: %s", path, strerror(errno));
    return is_good;
}

int lc_now(const char *process, const struct lc_now_settings *settings)
{
    struct lc_running running;
    char why[LC_RUNNING_WHY];
    pid_t pid = number_of(process);
    if (!pid) {
        lc_complain("--now takes the number of a process, not '%s'", process);
        return -1;
    }
    int log = lc_running_find(&running, pid, settings->is_forced, why) ? lc_ask(&running, settings->timeout_s, why) : -1;
    if (log < 0)
        lc_complain("process %d can't be checked: %s", pid, why);
    return log;
}

bool lc_now_read(struct lc_logs *logs, const char *process, const struct lc_now_settings *settings)
{
    int log = lc_now(process, settings);
    if (log < 0)
        return false;
    char *path = lc_mem_format("/proc/self/fd/%d", log);
    lc_logs_read(logs, path);
    bool is_good = !settings->record || lc_now_keep(log, settings->record);
    close(log);
    return is_good;
}
