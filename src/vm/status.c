#include "vm/status.h"

#include "vm/lines.h"
#include "vm/proc.h"

static const struct lc_proc_field fields[] = {
    {"VmPeak:", offsetof(struct lc_vm_status, vm_peak)},
    {"VmSize:", offsetof(struct lc_vm_status, vm_size)},
    {"VmLck:", offsetof(struct lc_vm_status, vm_lck)},
    {"VmHWM:", offsetof(struct lc_vm_status, vm_hwm)},
    {"VmRSS:", offsetof(struct lc_vm_status, vm_rss)},
    {"RssAnon:", offsetof(struct lc_vm_status, rss_anon)},
    {"RssFile:", offsetof(struct lc_vm_status, rss_file)},
    {"RssShmem:", offsetof(struct lc_vm_status, rss_shmem)},
    {"VmData:", offsetof(struct lc_vm_status, vm_data)},
    {"VmStk:", offsetof(struct lc_vm_status, vm_stk)},
    {"VmExe:", offsetof(struct lc_vm_status, vm_exe)},
    {"VmLib:", offsetof(struct lc_vm_status, vm_lib)},
    {"VmPTE:", offsetof(struct lc_vm_status, vm_pte)},
    {"VmSwap:", offsetof(struct lc_vm_status, vm_swap)},
};

#define LINE_MAX_USED 128 /* longer lines (Groups, Mems_allowed) hold nothing of ours */

struct reader {
    struct lc_lines lines;
    char line[LINE_MAX_USED];
};

static void take_line(void *arg, char *line, size_t len, bool is_cut)
{
    (void)len;
    struct lc_vm_status *s = arg;
    if (!is_cut && lc_proc_field_add(fields, LC_ARRAY_LEN(fields), line, s))
        s->is_known = true;
}

static void reader_init(struct reader *r, struct lc_vm_status *out)
{
    *out = (struct lc_vm_status){0};
    lc_lines_init(&r->lines, r->line, sizeof r->line, take_line, out);
}

static void feed(void *arg, const char *text, size_t len)
{
    struct reader *r = arg;
    lc_lines_feed(&r->lines, text, len);
}

void lc_vm_status_parse(const char *text, size_t len, struct lc_vm_status *out)
{
    struct reader r;
    reader_init(&r, out);
    feed(&r, text, len);
}

int lc_vm_status_read(pid_t pid, struct lc_vm_status *out)
{
    struct reader r;
    char text[2048];
    reader_init(&r, out);
    int rc = lc_proc_read(pid, "status", text, sizeof text, feed, &r);
    if (rc < 0)
        *out = (struct lc_vm_status){0};
    return rc;
}
