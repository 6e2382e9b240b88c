#include "map.h"

#include "complain.h"
#include "destination.h"
#include "formats/json_memory.h"
#include "map_picture.h"
#include "mem.h"
#include "process_memory.h"
#include "report/escape.h"
#include "report/text.h"
#include "sources.h"
#include "symbols.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_BUFFER ((size_t)1 << 18)

/* One after the other, of all processes. */
struct work {
    const struct lc_map_settings *settings;
    const struct lc_report_settings *report;
    struct lc_out out;
    struct lc_map_canvas canvas;
    struct lc_namer *namer;
    size_t maps; /* printed */
    bool is_good;
};

static bool matches(struct work *w, const struct lc_findings *f, const struct lc_region *r)
{
    char text[8192];
    struct lc_out what;
    const struct lc_map_settings *s = w->settings;
    if (s->kinds && !(s->kinds >> r->vm.kind & 1))
        return false;
    if (!s->filter)
        return true;
    lc_out_init(&what, -1, text, sizeof text - 1);
    lc_text_region_what(&what, f, r, w->namer);
    text[what.len] = '\0';
    return strstr(text, s->filter);
}

static uint64_t weight(const struct lc_vm_region *vm, uint64_t leaked, enum lc_map_sort sort)
{
    switch (sort) {
    case LC_MAP_BY_RSS:
        return vm->resident;
    case LC_MAP_BY_VIRTUAL:
        return lc_range_size(vm->range);
    case LC_MAP_BY_SWAP:
        return vm->swapped;
    case LC_MAP_BY_LEAKED:
        return leaked;
    case LC_MAP_BY_ADDRESS:
        break;
    }
    return 0;
}

/* The largest first; what is equal, by address. */
static int by_weight(uint64_t a, uint64_t b, uintptr_t a_start, uintptr_t b_start)
{
    return a != b ? (a < b) - (a > b) : (a_start > b_start) - (a_start < b_start);
}

static int compare_regions(const void *a, const void *b, void *sort)
{
    const struct lc_region *x = a, *y = b;
    enum lc_map_sort by = *(const enum lc_map_sort *)sort;
    return by_weight(weight(&x->vm, x->leaked, by), weight(&y->vm, y->leaked, by), x->vm.range.start, y->vm.range.start);
}

static enum lc_map_sort sort_of_groups; /* uthash hands nothing on */

static int compare_groups(const struct lc_map_group *x, const struct lc_map_group *y)
{
    return by_weight(weight(&x->total, x->leaked, sort_of_groups), weight(&y->total, y->leaked, sort_of_groups),
                     x->total.range.start, y->total.range.start);
}

static void put_picture(struct work *w, const struct lc_findings *f, const bool *is_shown)
{
    struct lc_map_group *groups = lc_map_groups_make(f, is_shown, w->namer);
    sort_of_groups = w->settings->sort;
    HASH_SORT(groups, compare_groups);
    lc_map_picture(&w->out, groups, &w->canvas);
    lc_map_groups_free(groups);
}

static void put_title(struct work *w, const struct lc_findings *f)
{
    const struct lc_process *p = &f->process;
    lc_out_fmt(&w->out, "%sMemory of process %d%s:", w->maps ? "\n" : "", p->pid, p->end_kind == LC_END_RUNNING ? "" : " at its end");
    if (p->argument_count)
        lc_text_command(&w->out, p);
    else
        lc_escape_text(&w->out, p->executable);
    lc_out_str(&w->out, "\n\n");
}

/* `f` has all regions, `shown` those that are asked for, sorted. */
static void put_text(struct work *w, const struct lc_findings *f, const struct lc_findings *shown, const bool *is_shown)
{
    unsigned parts = w->settings->parts;
    put_title(w, f);
    if (parts & LC_MAP_PICTURE)
        put_picture(w, f, is_shown);
    if (parts & LC_MAP_SUMS)
        lc_text_region_totals(&w->out, "", shown);
    if (parts & LC_MAP_TABLE)
        lc_text_regions(&w->out, "", shown, w->namer);
    if (parts & LC_MAP_SUMS) {
        lc_text_account(&w->out, "", f, w->namer);
        lc_text_process_memory(&w->out, "", f, LC_MAP_FULL);
    }
    if (!w->report->options.verbose)
        return;
    lc_out_char(&w->out, '\n');
    lc_text_sizes(&w->out, "", f);
    lc_text_classes(&w->out, "", f);
    lc_text_arenas(&w->out, "", f);
    lc_text_facts(&w->out, "", f);
}

static bool put_findings(struct work *w, const struct lc_findings *f)
{
    struct lc_findings shown = *f;
    bool *is_shown = lc_mem_alloc(f->region_count, sizeof *is_shown);
    enum lc_map_sort sort = w->settings->sort;
    shown.regions = lc_mem_alloc(f->region_count, sizeof shown.regions[0]);
    shown.region_count = 0;
    for (size_t i = 0; i < f->region_count; i++) {
        is_shown[i] = matches(w, f, &f->regions[i]);
        if (is_shown[i])
            shown.regions[shown.region_count++] = f->regions[i];
    }
    qsort_r(shown.regions, shown.region_count, sizeof shown.regions[0], compare_regions, &sort);
    if (f->region_count && !shown.region_count)
        lc_complain("process %d has no such region", f->process.pid);
    if (w->report->options.format == LC_FORMAT_JSON)
        lc_json_map_put(&w->out, &shown, w->maps == 0);
    else
        put_text(w, f, &shown, is_shown);
    w->maps++;
    free(shown.regions);
    free(is_shown);
    return f->region_count;
}

static void map_process(struct work *w, pid_t pid)
{
    static struct lc_process_memory memory;
    w->is_good &= lc_process_memory_read(pid, &memory);
    if (w->settings->sort == LC_MAP_BY_LEAKED)
        lc_complain("--sort=leaked: what is lost is known from a log only, not of a running process");
    if (memory.findings.process.pid)
        put_findings(w, &memory.findings);
    lc_process_memory_free(&memory);
}

static void map_logs(struct work *w, struct lc_logs *logs, const char *path)
{
    lc_logs_read(logs, path);
    w->is_good &= lc_logs_are_sound(logs);
    for (size_t i = 0; i < logs->count; i++) {
        const struct lc_log *log = &logs->at[i];
        if (log->is_log && !put_findings(w, &log->findings)) {
            lc_complain("%s: the log of process %d has no map", log->path, log->findings.process.pid);
            w->is_good = false;
        }
    }
}

/* A number that is no file's name; 0: it is none. */
static pid_t pid_of(const char *text)
{
    char *end;
    if (!*text || text[strspn(text, "0123456789")] || access(text, F_OK) == 0)
        return 0;
    errno = 0;
    long pid = strtol(text, &end, 10);
    return errno || pid > INT_MAX ? INT_MAX : (pid_t)pid;
}

static bool open_output(struct work *w, const char *path)
{
    int fd = path ? lc_destination_open(path) : STDOUT_FILENO;
    if (fd < 0)
        return false;
    lc_out_init(&w->out, fd, lc_mem_alloc(OUTPUT_BUFFER, 1), OUTPUT_BUFFER);
    w->canvas = lc_map_canvas(fd);
    return true;
}

static bool close_output(struct work *w, const char *path)
{
    int failure = lc_out_flush(&w->out);
    if (failure)
        lc_complain("%s: %s", path ? path : "standard output", strerror(-failure));
    if (path)
        close(w->out.fd);
    free(w->out.buf);
    return failure == 0;
}

int lc_map(char *const *what, size_t count, const struct lc_map_settings *settings, const struct lc_report_settings *report)
{
    struct work w = {.settings = settings, .report = report, .is_good = true};
    const struct lc_sources_settings sources = {lc_sources_root(report->options.source_root, "."), report->options.strip_path_prefix,
                                                report->full_paths};
    if (!open_output(&w, report->output))
        return LC_EXIT_TROUBLE;
    w.namer = lc_symbols_open(&sources);
    struct lc_logs *logs = lc_mem_alloc(count, sizeof *logs);
    if (report->options.format == LC_FORMAT_JSON)
        lc_json_map_begin(&w.out);
    for (size_t i = 0; i < count; i++) {
        pid_t pid = pid_of(what[i]);
        if (pid)
            map_process(&w, pid);
        else
            map_logs(&w, &logs[i], what[i]);
    }
    if (report->options.format == LC_FORMAT_JSON)
        lc_json_map_end(&w.out);
    w.is_good &= close_output(&w, report->output);
    lc_symbols_close(w.namer);
    for (size_t i = 0; i < count; i++)
        lc_logs_free(&logs[i]);
    free(logs);
    free((void *)(uintptr_t)sources.root);
    return w.is_good ? 0 : LC_EXIT_TROUBLE;
}
