#include "process_memory.h"

#include "base/out.h"
#include "complain.h"
#include "mem.h"
#include "process_threads.h"
#include "vm/access.h"
#include "vm/kinds.h"
#include "vm/proc.h"
#include "vm/purpose.h"
#include "vm/residency.h"
#include "vm/stat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One reading of a process. */
struct reading {
    struct lc_process_memory *out;
    pid_t pid;
    pid_t asked; /* a thread of it that has memory */
    struct lc_vm_stat stat;
    bool is_whole;
};

static void complain_file(struct reading *r, const char *file, int error, const char *lost)
{
    bool is_denied = error == -EACCES || error == -EPERM;
    lc_complain("/proc/%d/%s can't be read (%s)%s: %s", (int)r->pid, file, strerror(-error),
                is_denied ? ", ask as root" : "", lost);
}

/* What has no memory is told in one line. */
static bool is_alive(struct reading *r)
{
    int rc = lc_access_pin(r->pid);
    if (rc == 0)
        rc = lc_vm_stat_read(r->pid, &r->stat);
    if (rc < 0) {
        lc_complain(rc == -ENOENT || rc == -ESRCH ? "%d: no such process, and no file of that name" : "/proc/%d can't be read: %s",
                    (int)r->pid, strerror(-rc));
        return false;
    }
    if (r->stat.is_kernel_thread) {
        lc_complain("%d: %s is a kernel thread, which has no memory of its own", (int)r->pid, r->stat.name);
        return false;
    }
    r->asked = r->stat.state == 'Z' || r->stat.state == 'X' ? lc_process_live_thread(r->pid) : r->pid;
    if (!r->asked)
        lc_complain("%d: %s has ended, its memory is gone; its parent, %d, has not asked yet how it ended", (int)r->pid,
                    r->stat.name, (int)r->stat.parent);
    return r->asked;
}

struct text {
    char *bytes;
    size_t len;
};

static void append(void *arg, const char *piece, size_t len)
{
    struct text *t = arg;
    for (size_t i = 0; i < len; i++) {
        t->bytes = lc_mem_grow(t->bytes, t->len, 1);
        t->bytes[t->len++] = piece[i];
    }
}

static void read_arguments(struct reading *r)
{
    struct lc_process *p = &r->out->findings.process;
    struct text text = {0};
    char piece[4096];
    const char **arguments = NULL;
    lc_proc_read(r->asked, "cmdline", piece, sizeof piece, append, &text);
    append(&text, "", 1);
    r->out->command_line = text.bytes;
    for (size_t at = 0; at + 1 < text.len; at += strlen(text.bytes + at) + 1) {
        arguments = lc_mem_grow(arguments, p->argument_count, sizeof *arguments);
        arguments[p->argument_count++] = text.bytes + at;
    }
    p->arguments = arguments;
}

static void read_identity(struct reading *r)
{
    char path[32];
    struct lc_process *p = &r->out->findings.process;
    lc_format(path, sizeof path, "/proc/%d/exe", (int)r->asked);
    ssize_t len = readlink(path, r->out->executable, sizeof r->out->executable - 1);
    if (len < 0)
        lc_format(r->out->executable, sizeof r->out->executable, "%s", r->stat.name);
    *p = (struct lc_process){
        .pid = r->pid, .ppid = r->stat.parent, .executable = r->out->executable, .directory = "", .end_kind = LC_END_RUNNING};
    read_arguments(r);
}

/* The first heap of one of glibc's arenas, or a later one: what is not yet used of its 64 MiB is closed. */
static bool is_arena(void *arg, struct lc_range range)
{
    const struct lc_vm_snapshot *s = arg;
    size_t low = 0, high = s->count;
    if (range.start % LC_KINDS_ARENA_SIZE)
        return false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->regions[middle].range.start <= range.start)
            low = middle + 1;
        else
            high = middle;
    }
    const struct lc_vm_region *next = low < s->count ? &s->regions[low] : NULL;
    uintptr_t end = range.start + LC_KINDS_ARENA_SIZE;
    return range.end == end || (next && lc_vm_region_is_closed(next) && next->range.start == range.end && next->range.end == end);
}

/* What smaps does not tell: pages that were only read, and guards inside of a mapping. */
static void count_pages(struct reading *r)
{
    struct lc_vm_snapshot *s = &r->out->snapshot;
    struct lc_residency pages;
    int rc = lc_residency_init_of(&pages, r->asked);
    if (rc < 0) {
        complain_file(r, "pagemap", rc, "guard pages, and pages that were only read, count as never touched");
        return;
    }
    for (size_t i = 0; i < s->count; i++) {
        struct lc_residency_count count = {0};
        struct lc_vm_region *region = &s->regions[i];
        bool can_tell = lc_vm_region_is_anonymous(region) || lc_vm_region_is_writable(region) || !s->has_residency;
        if (!can_tell || lc_residency_count(&pages, region, &count) < 0)
            continue;
        region->zero = count.zero;
        region->guard = count.guard;
        if (s->has_residency)
            continue;
        region->resident = region->proportional = count.resident;
        region->swapped = count.swapped;
        region->has_residency = true;
    }
    lc_residency_finish(&pages);
}

static void set_kinds(struct reading *r, struct lc_vm_hints *h)
{
    struct lc_vm_snapshot *s = &r->out->snapshot;
    size_t denied;
    h->pid = r->pid;
    h->has_blocks = is_arena;
    h->arg = s;
    h->threads = lc_process_threads(r->pid, s, &h->thread_count, &denied);
    if (denied)
        lc_complain("/proc/%d/task/TID/syscall can't be read: which stacks are those of %zu threads is not known", (int)r->pid, denied);
    lc_kinds_set(s->regions, s->count, h);
}

static void take_regions(struct reading *r, const struct lc_vm_hints *h)
{
    const struct lc_vm_snapshot *s = &r->out->snapshot;
    struct lc_findings *f = &r->out->findings;
    char purpose[LC_PURPOSE_MAX];
    f->regions = lc_mem_alloc(s->count, sizeof f->regions[0]);
    for (f->region_count = 0; f->region_count < s->count; f->region_count++) {
        size_t i = f->region_count;
        lc_purpose_of(s->regions, s->count, i, h, purpose);
        f->regions[i] = (struct lc_region){s->regions[i], lc_mem_format("%s", purpose), {"", 0, LC_NONE}, 0};
    }
}

static void read_regions(struct reading *r)
{
    struct lc_vm_hints hints = {0};
    int rc = lc_vm_snapshot_read(r->asked, &r->out->snapshot);
    if (rc == 0 && r->out->snapshot.count == 0)
        rc = -ESRCH;
    if (rc < 0) {
        complain_file(r, "maps", rc, rc == -ESRCH ? "the process has ended meanwhile" : "its regions are not known");
        r->is_whole = false;
        return;
    }
    if (!r->out->snapshot.has_residency) {
        lc_complain("/proc/%d/smaps can't be read: what is dirty, shared, locked or in huge pages is not known", (int)r->pid);
        r->is_whole = false;
    }
    count_pages(r);
    set_kinds(r, &hints);
    take_regions(r, &hints);
    free(hints.threads);
}

bool lc_process_memory_read(pid_t pid, struct lc_process_memory *out)
{
    struct reading r = {.out = out, .pid = pid, .is_whole = true};
    *out = (struct lc_process_memory){.findings = {.version = LC_VERSION}};
    if (!is_alive(&r))
        return false;
    read_identity(&r);
    read_regions(&r);
    int rc = lc_vm_status_read(r.asked, &out->findings.memory);
    if (rc < 0)
        complain_file(&r, "status", rc, "its totals are not known");
    out->findings.facts = out->facts;
    out->findings.fact_count = lc_vm_facts_read(r.asked, out->facts, LC_FACTS_MAX);
    return r.is_whole && rc == 0;
}

void lc_process_memory_free(struct lc_process_memory *m)
{
    for (size_t i = 0; i < m->findings.region_count; i++)
        free((void *)(uintptr_t)m->findings.regions[i].purpose);
    free(m->findings.regions);
    free((void *)(uintptr_t)m->findings.process.arguments);
    free(m->command_line);
    lc_vm_snapshot_release(&m->snapshot);
    *m = (struct lc_process_memory){0};
}
