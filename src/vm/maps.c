#include "vm/maps.h"

#include "vm/proc.h"

#include <string.h>

/* Huge pages of hugetlbfs are not part of Rss, as they are not of VmRSS. */
static const struct lc_proc_field figures[] = {
    {"Rss:", offsetof(struct lc_vm_region, resident)},
    {"Pss:", offsetof(struct lc_vm_region, proportional)},
    {"Shared_Dirty:", offsetof(struct lc_vm_region, dirty)},
    {"Private_Dirty:", offsetof(struct lc_vm_region, dirty)},
    {"Swap:", offsetof(struct lc_vm_region, swapped)},
    {"Locked:", offsetof(struct lc_vm_region, locked)},
    {"AnonHugePages:", offsetof(struct lc_vm_region, huge)},
    {"ShmemPmdMapped:", offsetof(struct lc_vm_region, huge)},
    {"FilePmdMapped:", offsetof(struct lc_vm_region, huge)},
    {"Shared_Hugetlb:", offsetof(struct lc_vm_region, huge)},
    {"Private_Hugetlb:", offsetof(struct lc_vm_region, huge)},
    {"LazyFree:", offsetof(struct lc_vm_region, lazy)},
};

static bool skip_char(const char **at, char c)
{
    if (**at != c)
        return false;
    ++*at;
    return true;
}

static bool read_hex(const char **at, uint64_t *out)
{
    return lc_proc_number(at, 16, out);
}

static bool read_permissions(const char **at, char out[5])
{
    static const char allowed[4][3] = {"r-", "w-", "x-", "ps"};
    for (unsigned i = 0; i < 4; i++) {
        char c = (*at)[i];
        if (c == '\0' || !strchr(allowed[i], c))
            return false;
        out[i] = c;
    }
    out[4] = '\0';
    *at += 4;
    return true;
}

/* "7f1000-7f2000 rw-p 00001000 08:01 1234   /a/name": `*at` is then at the name. */
static bool read_region(const char **at, struct lc_vm_region *r)
{
    uint64_t start, end, major, minor;
    if (!(read_hex(at, &start) && skip_char(at, '-') && read_hex(at, &end) && skip_char(at, ' ') &&
          read_permissions(at, r->permissions) && skip_char(at, ' ') && read_hex(at, &r->offset) &&
          skip_char(at, ' ') && read_hex(at, &major) && skip_char(at, ':') && read_hex(at, &minor) &&
          skip_char(at, ' ') && lc_proc_number(at, 10, &r->inode)))
        return false;
    *at += strspn(*at, " ");
    r->range = (struct lc_range){start, end};
    return start < end;
}

/* The kernel writes a newline as \012 and nothing else: not even the backslash, so that \040 is one. */
static void copy_name(char *to, const char *from)
{
    while (*from) {
        if (strncmp(from, "\\012", 4) == 0) {
            *to++ = '\n';
            from += 4;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
}

static void give_region(struct lc_maps *m)
{
    if (m->has_region)
        m->each(m->arg, &m->region);
    m->has_region = false;
}

static void begin_region(struct lc_maps *m, const struct lc_vm_region *region, char *name, bool is_cut)
{
    give_region(m);
    if (is_cut)
        memcpy(m->line + sizeof m->line - sizeof LC_MAPS_CUT, LC_MAPS_CUT, sizeof LC_MAPS_CUT);
    copy_name(m->name, name);
    m->region = *region;
    m->region.kind = LC_REGION_ANONYMOUS;
    m->region.name = m->name;
    m->has_region = true;
}

/* Figures that are of no use here, and VmFlags. */
static bool is_other_figure(const char *line)
{
    return line[0] >= 'A' && line[0] <= 'Z' && strchr(line, ':');
}

static void take_line(void *arg, char *line, size_t len, bool is_cut)
{
    (void)len;
    struct lc_maps *m = arg;
    struct lc_vm_region region = {0};
    const char *at = line;
    if (read_region(&at, &region))
        begin_region(m, &region, line + (at - line), is_cut);
    else if (m->has_region && lc_proc_field_add(figures, LC_ARRAY_LEN(figures), line, &m->region))
        m->region.has_residency = true;
    else if (!m->has_region || !is_other_figure(line))
        m->malformed++;
}

void lc_maps_init(struct lc_maps *m, lc_maps_fn *each, void *arg)
{
    m->each = each;
    m->arg = arg;
    m->malformed = 0;
    m->has_region = false;
    lc_lines_init(&m->lines, m->line, sizeof m->line, take_line, m);
}

void lc_maps_feed(struct lc_maps *m, const char *text, size_t len)
{
    lc_lines_feed(&m->lines, text, len);
}

void lc_maps_finish(struct lc_maps *m)
{
    give_region(m);
}
