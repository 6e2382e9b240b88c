#include "running.h"

#include "base/environment.h"
#include "base/options.h"
#include "base/request.h"
#include "base/signal_name.h"
#include "mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* False. */
static bool __attribute__((format(printf, 2, 3))) because(char why[LC_RUNNING_WHY], const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(why, LC_RUNNING_WHY, fmt, args);
    va_end(args);
    return false;
}

/* The whole of a small file, ended by NUL; NULL when it can't be read. */
static char *read_file(const char *path, size_t *len)
{
    char *text = NULL;
    size_t size = 0, used = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t got = 1; fd >= 0 && got > 0; used += got > 0 ? (size_t)got : 0) {
        if (used + 1 >= size)
            text = lc_mem_resize(text, size = size ? 2 * size : 4096);
        got = read(fd, text + used, size - used - 1);
    }
    if (fd < 0)
        return NULL;
    close(fd);
    text[used] = '\0';
    if (len)
        *len = used;
    return text;
}

/* What follows `key` in a file of "Key:\tvalue" lines, or NULL. */
static const char *value_of(const char *text, const char *key)
{
    size_t len = strlen(key);
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, key, len) == 0 && line[len] == ':')
            return line + len + 1 + strspn(line + len + 1, " \t");
    return NULL;
}

static unsigned long number_of(const char *text, const char *key, int base)
{
    const char *value = text ? value_of(text, key) : NULL;
    return value ? strtoul(value, NULL, base) : 0;
}

static bool has_signal(const char *status, const char *key, int signal)
{
    return number_of(status, key, 16) >> (signal - 1) & 1;
}

/* The last of several: by how it knows itself. */
static pid_t innermost_pid(const char *status, pid_t pid)
{
    const char *value = value_of(status, "NSpid");
    for (char *end; value && *value && *value != '\n'; value = end + strspn(end, "\t"))
        pid = (pid_t)strtol(value, &end, 10);
    return pid;
}

/* Filters that came after those of its container may kill it for what it does for a check. */
static bool has_filter_of_its_own(const char *status, const struct lc_running *r)
{
    char path[64];
    unsigned long count = number_of(status, "Seccomp_filters", 10);
    snprintf(path, sizeof path, "%s/proc/1/status", r->root);
    char *first = read_file(path, NULL), *own = read_file("/proc/self/status", NULL);
    unsigned long of_first = number_of(first, "Seccomp_filters", 10), of_us = number_of(own, "Seccomp_filters", 10);
    free(first);
    free(own);
    return count > (of_first > of_us ? of_first : of_us);
}

static void ignore(const char *why)
{
    (void)why;
}

/* The option, as the process got it; where its environment can't be read or was overwritten, the default. */
static int signal_of(pid_t pid)
{
    static struct lc_options options;
    char path[64];
    size_t len = 0;
    snprintf(path, sizeof path, "/proc/%d/environ", pid);
    lc_options_init(&options);
    char *text = read_file(path, &len);
    for (const char *item = text; item && item < text + len; item += strlen(item) + 1)
        if (strncmp(item, "LEAKCHECK_OPTIONS=", strlen("LEAKCHECK_OPTIONS=")) == 0)
            lc_options_parse(&options, item + strlen("LEAKCHECK_OPTIONS="), ignore);
    free(text);
    if (strcmp(options.control, "no") == 0)
        return 0;
    return strcmp(options.control, "yes") == 0 ? LC_REQUEST_SIGNAL : lc_signal_number(options.control, strlen(options.control));
}

/* Of the process, once its first thread has ended, the files are empty; those of another thread are not. */
static pid_t find_living(pid_t pid)
{
    char path[64];
    pid_t found = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *d; !found && tasks && (d = readdir(tasks));) {
        pid_t tid = (pid_t)strtol(d->d_name, NULL, 10);
        snprintf(path, sizeof path, "/proc/%d/task/%d/status", pid, tid);
        char *status = tid ? read_file(path, NULL) : NULL;
        const char *state = status ? value_of(status, "State") : NULL;
        found = state && *state != 'Z' && *state != 'X' ? tid : 0;
        free(status);
    }
    if (tasks)
        closedir(tasks);
    return found ? found : pid;
}

static bool look_at_library(pid_t thread, char why[LC_RUNNING_WHY])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", thread);
    char *maps = read_file(path, NULL);
    if (!maps && errno != ENOENT)
        return because(why, "it can't be looked at (%s): ask as its user, or as root", strerror(errno));
    bool is_there = maps && strstr(maps, "libleakcheck.so");
    free(maps);
    return is_there || because(why, "it does not run under leakcheck: start it with 'leakcheck COMMAND'");
}

/* Where it has another root than ours, or other mounts. */
static void find_root(struct lc_running *r, pid_t thread)
{
    char ours[256], theirs[256], path[32];
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", thread);
    ssize_t a = readlink("/proc/self/ns/mnt", ours, sizeof ours), b = readlink(path, theirs, sizeof theirs);
    bool has_ours = a > 0 && a == b && memcmp(ours, theirs, (size_t)a) == 0;
    snprintf(path, sizeof path, "/proc/%d/root", thread);
    has_ours &= readlink(path, theirs, sizeof theirs) == 1; /* "/" */
    if (!has_ours && access(path, X_OK) == 0)
        memcpy(r->root, path, sizeof path);
}

static bool look(struct lc_running *r, const char *status, bool is_forced, char why[LC_RUNNING_WHY])
{
    r->pid = (pid_t)number_of(status, "Tgid", 10);
    r->own_pid = innermost_pid(status, r->pid);
    const char *uids = value_of(status, "Uid");
    char *end;
    r->uid = uids ? (strtoul(uids, &end, 10), (uid_t)strtoul(end, NULL, 10)) : 0;
    if (kill(r->pid, 0) != 0)
        return because(why, "it is another user's (uid %u): ask as that user, or as root", r->uid);
    pid_t living = find_living(r->pid);
    if (!look_at_library(living, why))
        return false;
    find_root(r, living);
    r->signal = signal_of(living);
    if (!r->signal)
        return because(why, "it was started with control=no: it takes no requests");
    if (!is_forced && has_filter_of_its_own(status, r))
        return because(why, "it has a seccomp filter of its own, which may kill it for what a check does; --force asks it all the same");
    return true;
}

bool lc_running_find(struct lc_running *r, pid_t pid, bool is_forced, char why[LC_RUNNING_WHY])
{
    char path[64];
    *r = (struct lc_running){0};
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    char *status = read_file(path, NULL);
    if (!status)
        return because(why, "there is no such process");
    bool is_good = look(r, status, is_forced, why);
    free(status);
    return is_good;
}

/* In sigwait and its like the set that is waited for looks as if it was not blocked. */
static bool is_in_sigwait(pid_t pid, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", pid, tid);
    char *text = read_file(path, NULL);
    bool is = text && strtol(text, NULL, 10) == SYS_rt_sigtimedwait && *text >= '0' && *text <= '9';
    free(text);
    return is;
}

/* Why a thread would not take it. */
enum obstacle { NONE, GONE, STOPPED, BLOCKS, WAITS, NOT_CAUGHT };

static enum obstacle obstacle_of(const struct lc_running *r, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/status", r->pid, tid);
    char *status = read_file(path, NULL);
    const char *state = status ? value_of(status, "State") : NULL;
    enum obstacle o = NONE;
    if (!state || *state == 'Z' || *state == 'X')
        o = GONE;
    else if (*state == 'T' || *state == 't')
        o = STOPPED;
    else if (!has_signal(status, "SigCgt", r->signal))
        o = NOT_CAUGHT;
    else if (has_signal(status, "SigBlk", r->signal))
        o = BLOCKS;
    else if (is_in_sigwait(r->pid, tid))
        o = WAITS;
    free(status);
    return o;
}

static void explain(const struct lc_running *r, enum obstacle o, char why[LC_RUNNING_WHY])
{
    const char *name = sigabbrev_np(r->signal);
    switch (o) {
    case STOPPED:
        because(why, "it is stopped (kill -STOP, a debugger): it can answer once it goes on");
        break;
    case NOT_CAUGHT:
        because(why, "it has taken SIG%s away from leakcheck: start it with --control=SIGNAL, one that it does not use", name ? name : "?");
        break;
    case BLOCKS:
    case WAITS:
        because(why, "each of its threads blocks SIG%s, or waits for it: start it with --control=SIGNAL, another one", name ? name : "?");
        break;
    default:
        because(why, "it has ended");
    }
}

pid_t lc_running_thread(const struct lc_running *r, char why[LC_RUNNING_WHY])
{
    char path[64];
    enum obstacle first = obstacle_of(r, r->pid);
    if (first == NONE)
        return r->pid;
    snprintf(path, sizeof path, "/proc/%d/task", r->pid);
    DIR *tasks = opendir(path);
    pid_t found = 0;
    for (struct dirent *d; !found && tasks && (d = readdir(tasks));) {
        pid_t tid = (pid_t)strtol(d->d_name, NULL, 10);
        enum obstacle o = tid ? obstacle_of(r, tid) : GONE;
        found = o == NONE ? tid : 0;
        first = first == GONE ? o : first;
    }
    if (tasks)
        closedir(tasks);
    if (!found)
        explain(r, first, why);
    return found;
}

bool lc_running_has_living_copy(const struct lc_running *r, pid_t tid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", r->pid, tid);
    char *children = read_file(path, NULL), *end;
    bool has = false;
    for (const char *at = children; at && *at && !has; at = end + strspn(end, " ")) {
        snprintf(path, sizeof path, "/proc/%ld/status", strtol(at, &end, 10));
        char *status = read_file(path, NULL);
        const char *name = status ? value_of(status, "Name") : NULL, *state = status ? value_of(status, "State") : NULL;
        has = name && state && strncmp(name, "leakcheck\n", strlen("leakcheck\n")) == 0 && *state != 'Z' && *state != 'X';
        free(status);
        if (end == at)
            break;
    }
    free(children);
    return has;
}
