#include "vm/cgroup.h"

#include "base/out.h"
#include "base/sys.h"
#include "vm/access.h"
#include "vm/lines.h"
#include "vm/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define LINE_MAX_USED 2048

struct finder {
    struct lc_cgroup *out;
    char path[2][LC_CGROUP_PATH_MAX]; /* of the group below its root, by version - 1 */
    char line[LINE_MAX_USED];
    struct lc_lines lines;
};

/* Is `word` one of those in `list`, which commas separate and which a character of `ends` ends? */
static bool lists(const char *list, const char *word, const char *ends)
{
    size_t len = strlen(word);
    while (*list && !strchr(ends, *list)) {
        size_t item = strcspn(list, ",: \n");
        if (item == len && memcmp(list, word, len) == 0)
            return true;
        list += item;
        list += *list == ',';
    }
    return false;
}

static void copy(char to[LC_CGROUP_PATH_MAX], const char *from, size_t len)
{
    lc_format(to, LC_CGROUP_PATH_MAX, "%.*s", (int)(len < LC_CGROUP_PATH_MAX ? len : LC_CGROUP_PATH_MAX - 1), from);
}

/* "5:memory:/a/b", or "0::/a/b" of version 2 */
static void take_group(void *arg, char *line, size_t len, bool is_cut)
{
    struct finder *f = arg;
    char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
    (void)len;
    if (!path || is_cut)
        return;
    if (controllers[1] == ':')
        copy(f->path[1], path + 1, strlen(path + 1));
    else if (lists(controllers + 1, "memory", ":"))
        copy(f->path[0], path + 1, strlen(path + 1));
}

static const char *field(const char *line, unsigned n)
{
    for (; n && *line; n--) {
        line += strcspn(line, " ");
        line += *line == ' ';
    }
    return line;
}

/* A group's path is below the mount's root; in a container the root is the group itself. */
static void try_mount(struct finder *f, int version, const char *root, const char *point)
{
    const char *path = f->path[version - 1];
    size_t root_len = strcspn(root, " "), point_len = strcspn(point, " ");
    bool is_below = root_len > 1 && strncmp(path, root, root_len) == 0;
    const char *rest = root_len == 1 ? path : is_below ? path + root_len : "";
    uint64_t usage;
    struct lc_cgroup found = {.version = version, .root_len = point_len};
    lc_format(found.directory, sizeof found.directory, "%.*s%s", (int)point_len, point, strcmp(rest, "/") == 0 ? "" : rest);
    if (lc_cgroup_read(&found, version == 1 ? "memory.usage_in_bytes" : "memory.current", &usage) == 0)
        *f->out = found;
}

/* "36 35 98:0 /root /point rw - cgroup cgroup rw,memory": mountinfo in proc(5) */
static void take_mount(void *arg, char *line, size_t len, bool is_cut)
{
    struct finder *f = arg;
    const char *type = strstr(line, " - ");
    (void)len;
    if (!type || is_cut || f->out->version)
        return;
    type += 3;
    if (strncmp(type, "cgroup2 ", 8) == 0)
        try_mount(f, 2, field(line, 3), field(line, 4));
    else if (strncmp(type, "cgroup ", 7) == 0 && lists(field(type, 2), "memory", " "))
        try_mount(f, 1, field(line, 3), field(line, 4));
}

static void feed(void *arg, const char *text, size_t len)
{
    struct finder *f = arg;
    lc_lines_feed(&f->lines, text, len);
}

static void read_lines(struct finder *f, pid_t pid, const char *file, lc_lines_fn *each)
{
    char text[1024];
    lc_lines_init(&f->lines, f->line, sizeof f->line, each, f);
    lc_proc_read(pid, file, text, sizeof text, feed, f);
}

void lc_cgroup_find_in(const char *groups, const char *mounts, struct lc_cgroup *out)
{
    static struct finder f;
    f = (struct finder){.out = out};
    *out = (struct lc_cgroup){0};
    lc_lines_init(&f.lines, f.line, sizeof f.line, take_group, &f);
    lc_lines_feed(&f.lines, groups, strlen(groups));
    lc_lines_init(&f.lines, f.line, sizeof f.line, take_mount, &f);
    lc_lines_feed(&f.lines, mounts, strlen(mounts));
}

void lc_cgroup_find(pid_t pid, struct lc_cgroup *out)
{
    static struct finder f;
    f = (struct finder){.out = out};
    *out = (struct lc_cgroup){0};
    if (lc_access_is_denied("cgroup"))
        return;
    read_lines(&f, pid, "cgroup", take_group);
    read_lines(&f, 0, "mountinfo", take_mount);
}

int lc_cgroup_read(const struct lc_cgroup *g, const char *file, uint64_t *out)
{
    char path[LC_CGROUP_PATH_MAX + 64], text[32] = "";
    lc_format(path, sizeof path, "%s/%s", g->directory, file);
    int fd = lc_sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    ssize_t got = lc_sys_read(fd, text, sizeof text - 1);
    lc_sys_close(fd);
    const char *at = text;
    if (got < 0)
        return (int)got;
    if (strncmp(text, "max", 3) == 0)
        *out = UINT64_MAX;
    else if (!lc_proc_number(&at, 10, out))
        return -ENODATA;
    return 0;
}

uint64_t lc_cgroup_above(const struct lc_cgroup *g, const char *file)
{
    struct lc_cgroup above = *g;
    uint64_t least = UINT64_MAX;
    for (size_t len = strlen(above.directory); len > g->root_len;) {
        uint64_t limit;
        while (len > g->root_len && above.directory[len - 1] != '/')
            len--;
        above.directory[len -= len > g->root_len] = '\0';
        if (lc_cgroup_read(&above, file, &limit) == 0 && limit < least)
            least = limit;
    }
    return least;
}
