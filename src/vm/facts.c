#include "vm/facts.h"

#include "base/range.h"
#include "base/sys.h"
#include "vm/access.h"
#include "vm/cgroup.h"
#include "vm/lines.h"
#include "vm/proc.h"
#include "vm/stat.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

struct list {
    struct lc_vm_fact *at;
    size_t count, max;
};

static void add(struct list *l, enum lc_fact_group group, const char *name, uint64_t value, int error)
{
    if (l->count < l->max)
        l->at[l->count++] = (struct lc_vm_fact){group, name, value, error};
}

/* The caller may be without /proc. */
static void add_faults(struct list *l, pid_t pid)
{
    struct rusage usage;
    struct lc_vm_stat stat = {0};
    int rc = pid ? lc_vm_stat_read(pid, &stat) : (int)lc_sys_call(SYS_getrusage, RUSAGE_SELF, (long)&usage, 0, 0, 0, 0);
    add(l, LC_FACT_FAULTS, "minor", pid ? stat.minor_faults : (uint64_t)usage.ru_minflt, -rc);
    add(l, LC_FACT_FAULTS, "major", pid ? stat.major_faults : (uint64_t)usage.ru_majflt, -rc);
}

static void add_limits(struct list *l, pid_t pid)
{
    static const struct {
        const char *name;
        int resource;
    } limits[] = {{"RLIMIT_AS", RLIMIT_AS}, {"RLIMIT_DATA", RLIMIT_DATA}, {"RLIMIT_STACK", RLIMIT_STACK},
                  {"RLIMIT_RSS", RLIMIT_RSS}, {"RLIMIT_MEMLOCK", RLIMIT_MEMLOCK}};
    for (size_t i = 0; i < LC_ARRAY_LEN(limits); i++) {
        struct rlimit limit = {0};
        int rc = (int)lc_sys_call(SYS_prlimit64, pid, limits[i].resource, 0, (long)&limit, 0, 0);
        add(l, LC_FACT_LIMIT, limits[i].name, limit.rlim_cur, -rc); /* RLIM_INFINITY is LC_FACT_UNLIMITED */
    }
}

/* Version 1 writes no limit as a number that is nearly the largest, or as what somebody took for one: a PiB is none. */
#define V1_UNLIMITED ((uint64_t)1 << 50)

static uint64_t limit_of(uint64_t value, int version)
{
    return version == 1 && value >= V1_UNLIMITED ? LC_FACT_UNLIMITED : value;
}

static void add_cgroup(struct list *l, pid_t pid)
{
    enum { LIMIT = 1 };
    static const char *const files[2][5] = {
        {"memory.usage_in_bytes", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.memsw.usage_in_bytes",
         "memory.memsw.limit_in_bytes"},
        {"memory.current", "memory.max", "memory.peak", "memory.swap.current", "memory.swap.max"},
    };
    static struct lc_cgroup group;
    lc_cgroup_find(pid, &group);
    if (!group.version) {
        add(l, LC_FACT_CGROUP, "memory controller", 0, ENOENT);
        return;
    }
    for (size_t i = 0; i < LC_ARRAY_LEN(files[0]); i++) {
        uint64_t value = 0;
        int rc = lc_cgroup_read(&group, files[group.version - 1][i], &value);
        value = limit_of(value, group.version);
        if (rc != -ENOENT) /* swap is an option of the kernel's, peak is newer */
            add(l, LC_FACT_CGROUP, files[group.version - 1][i], value, -rc);
        uint64_t above = i == LIMIT ? limit_of(lc_cgroup_above(&group, files[group.version - 1][i]), group.version) : value;
        if (above < value)
            add(l, LC_FACT_CGROUP, "limit of a group above", above, 0);
    }
}

/* Documentation/arch/x86/x86_64/mm.rst: with five levels of page tables an address above the usual end is given to
 * who asks for one. */
static void add_address_space(struct list *l)
{
    const uintptr_t usual_end = ((uintptr_t)1 << 47) - LC_PAGE_SIZE, high = (uintptr_t)1 << 50;
    uintptr_t p = lc_sys_mmap(high, LC_PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    bool has_five_levels = !lc_sys_is_error(p) && p > usual_end;
    if (!lc_sys_is_error(p))
        lc_sys_munmap(p, LC_PAGE_SIZE);
    add(l, LC_FACT_ADDRESS, "end of the user's part", usual_end, 0);
    if (has_five_levels)
        add(l, LC_FACT_ADDRESS, "on request", ((uintptr_t)1 << 56) - LC_PAGE_SIZE, 0);
    add(l, LC_FACT_ADDRESS, "start of the kernel's", has_five_levels ? (uintptr_t)-1 << 56 : (uintptr_t)-1 << 47, 0);
}

static const struct {
    enum lc_fact_group group;
    const char *name; /* and the line begins with it and a colon */
} figures[] = {
    {LC_FACT_SYSTEM, "MemTotal"},    {LC_FACT_SYSTEM, "MemFree"},      {LC_FACT_SYSTEM, "MemAvailable"},
    {LC_FACT_SYSTEM, "Buffers"},     {LC_FACT_SYSTEM, "Cached"},       {LC_FACT_SYSTEM, "SwapTotal"},
    {LC_FACT_SYSTEM, "SwapFree"},    {LC_FACT_SYSTEM, "CommitLimit"},  {LC_FACT_SYSTEM, "Committed_AS"},
    {LC_FACT_KERNEL, "Slab"},        {LC_FACT_KERNEL, "SReclaimable"}, {LC_FACT_KERNEL, "SUnreclaim"},
    {LC_FACT_KERNEL, "KernelStack"}, {LC_FACT_KERNEL, "PageTables"},   {LC_FACT_KERNEL, "SecPageTables"},
    {LC_FACT_KERNEL, "VmallocUsed"}, {LC_FACT_KERNEL, "Percpu"},
};

struct meminfo {
    struct list *list;
    struct lc_lines lines;
    char line[128];
};

static void take_line(void *arg, char *line, size_t len, bool is_cut)
{
    struct meminfo *m = arg;
    (void)len, (void)is_cut;
    for (size_t i = 0; i < LC_ARRAY_LEN(figures); i++) {
        const struct lc_proc_field field = {figures[i].name, 0};
        size_t key = __builtin_strlen(figures[i].name);
        uint64_t bytes = 0;
        if (len <= key || line[key] != ':')
            continue;
        line[key] = ' ';
        if (lc_proc_field_add(&field, 1, line, &bytes))
            add(m->list, figures[i].group, figures[i].name, bytes, 0);
        line[key] = ':';
    }
}

static void feed(void *arg, const char *text, size_t len)
{
    struct meminfo *m = arg;
    lc_lines_feed(&m->lines, text, len);
}

static void add_meminfo(struct list *l)
{
    struct meminfo m = {.list = l};
    char text[1024];
    lc_lines_init(&m.lines, m.line, sizeof m.line, take_line, &m);
    int rc = lc_proc_read(LC_ACCESS_SYSTEM, "meminfo", text, sizeof text, feed, &m);
    if (rc < 0)
        add(l, LC_FACT_SYSTEM, "/proc/meminfo", 0, -rc);
}

/* The kernel's image, as it was loaded at boot: "  01000000-02209987 : Kernel code". Who has no rights to them is told
 * addresses of 0. */
struct image {
    struct list *list;
    struct lc_lines lines;
    char line[128];
};

static void take_part(void *arg, char *line, size_t len, bool is_cut)
{
    static const char *const parts[] = {"Kernel code", "Kernel rodata", "Kernel data", "Kernel bss"};
    struct image *m = arg;
    const char *at = line + strspn(line, " "), *name = strstr(line, " : ");
    uint64_t start, end;
    (void)len, (void)is_cut;
    if (!name || !lc_proc_number(&at, 16, &start) || *at++ != '-' || !lc_proc_number(&at, 16, &end))
        return;
    for (size_t i = 0; i < LC_ARRAY_LEN(parts); i++)
        if (strcmp(name + 3, parts[i]) == 0)
            add(m->list, LC_FACT_KERNEL, parts[i], end - start + 1, end ? 0 : EPERM);
}

static void feed_image(void *arg, const char *text, size_t len)
{
    struct image *m = arg;
    lc_lines_feed(&m->lines, text, len);
}

static void add_image(struct list *l)
{
    struct image m = {.list = l};
    char text[1024];
    lc_lines_init(&m.lines, m.line, sizeof m.line, take_part, &m);
    int rc = lc_proc_read(LC_ACCESS_SYSTEM, "iomem", text, sizeof text, feed_image, &m);
    if (rc < 0)
        add(l, LC_FACT_KERNEL, "iomem", 0, -rc);
}

/* Who may not read these misses no figure above, but could not look closer. */
static void add_denied(struct list *l)
{
    static const char *const files[] = {"slabinfo", "vmallocinfo", "kpagecount", "kpageflags"};
    for (size_t i = 0; i < LC_ARRAY_LEN(files); i++) {
        int fd = lc_access_open(LC_ACCESS_SYSTEM, files[i]);
        if (fd >= 0)
            lc_sys_close(fd);
        else
            add(l, LC_FACT_KERNEL, files[i], 0, -fd);
    }
}

size_t lc_vm_facts_read(pid_t pid, struct lc_vm_fact *out, size_t max)
{
    struct list l = {out, 0, max};
    add_faults(&l, pid);
    add_limits(&l, pid);
    add_cgroup(&l, pid);
    add_address_space(&l);
    add_meminfo(&l);
    add_image(&l);
    add_denied(&l);
    return l.count;
}
