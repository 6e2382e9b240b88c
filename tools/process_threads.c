#include "process_threads.h"

#include "base/out.h"
#include "mem.h"
#include "vm/proc.h"
#include "vm/stat.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

struct text {
    char bytes[256];
    size_t len;
};

static void append(void *arg, const char *piece, size_t len)
{
    struct text *t = arg;
    size_t room = sizeof t->bytes - 1 - t->len;
    len = len < room ? len : room;
    memcpy(t->bytes + t->len, piece, len);
    t->len += len;
    t->bytes[t->len] = '\0';
}

/* The beginning of a small file of a thread, without the newline at its end; 0 or -errno. */
static int read_text(pid_t pid, pid_t thread, const char *name, struct text *out)
{
    char file[64], piece[256];
    *out = (struct text){.len = 0};
    lc_format(file, sizeof file, "task/%d/%s", (int)thread, name);
    int rc = lc_proc_read(pid, file, piece, sizeof piece, append, out);
    if (out->len && out->bytes[out->len - 1] == '\n')
        out->bytes[--out->len] = '\0';
    return rc;
}

/* "-1 0x7ffd... 0x7f12...", or a number and six arguments before these two; of a thread that runs, "running". 0: it does
 * not tell. */
static uintptr_t stack_pointer(const char *syscall)
{
    const char *last = strrchr(syscall, ' ');
    if (!last || last == syscall)
        return 0;
    const char *at = last - 1;
    while (at > syscall && *at != ' ')
        at--;
    uint64_t pointer;
    at += strspn(at, " ");
    if (strncmp(at, "0x", 2) != 0 || (at += 2, !lc_proc_number(&at, 16, &pointer)))
        return 0;
    return (uintptr_t)pointer;
}

static const struct lc_vm_region *stack_at(const struct lc_vm_snapshot *s, uintptr_t pointer)
{
    for (size_t i = 1; i < s->count; i++) {
        const struct lc_vm_region *r = &s->regions[i];
        if (!lc_range_has(r->range, pointer))
            continue;
        bool is_guarded = lc_vm_region_is_closed(r - 1) && lc_vm_region_is_anonymous(r - 1) && lc_vm_region_touches(r - 1, r);
        return is_guarded && lc_vm_region_is_anonymous(r) && lc_vm_region_is_writable(r) ? r : NULL;
    }
    return NULL;
}

static DIR *open_threads(pid_t pid)
{
    char path[32];
    lc_format(path, sizeof path, "/proc/%d/task", (int)pid);
    return opendir(path);
}

struct lc_vm_thread *lc_process_threads(pid_t pid, const struct lc_vm_snapshot *s, size_t *count, size_t *denied)
{
    struct lc_vm_thread *threads = NULL;
    struct text text;
    DIR *directory = open_threads(pid);
    *count = *denied = 0;
    for (struct dirent *e; directory && (e = readdir(directory));) {
        pid_t tid = atoi(e->d_name);
        if (tid <= 0 || tid == pid) /* the first one's is "[stack]" */
            continue;
        if (read_text(pid, tid, "syscall", &text) < 0) {
            ++*denied;
            continue;
        }
        const struct lc_vm_region *stack = stack_at(s, stack_pointer(text.bytes));
        if (!stack)
            continue;
        struct lc_vm_thread thread = {stack->range.end - 1, tid, ""};
        if (read_text(pid, tid, "comm", &text) == 0)
            lc_format(thread.name, sizeof thread.name, "%s", text.bytes);
        threads = lc_mem_grow(threads, *count, sizeof *threads);
        threads[(*count)++] = thread;
    }
    if (directory)
        closedir(directory);
    return threads;
}

pid_t lc_process_live_thread(pid_t pid)
{
    struct lc_vm_stat stat;
    pid_t found = 0;
    DIR *directory = open_threads(pid);
    for (struct dirent *e; directory && !found && (e = readdir(directory));) {
        pid_t tid = atoi(e->d_name);
        if (tid > 0 && lc_vm_stat_read(tid, &stat) == 0 && stat.state != 'Z' && stat.state != 'X')
            found = tid;
    }
    if (directory)
        closedir(directory);
    return found;
}
