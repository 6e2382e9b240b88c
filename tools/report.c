#include "report.h"

#include "complain.h"
#include "compress.h"
#include "destination.h"
#include "formats/format.h"
#include "judge.h"
#include "mem.h"
#include "merge.h"
#include "report/file_name.h"
#include "report/outputs.h"
#include "symbols.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define OUTPUT_BUFFER ((size_t)1 << 18)

/* All that a report is made of, while it is made. */
struct work {
    const struct lc_report_settings *settings;
    struct lc_logs *logs;
    struct lc_merge *merged; /* NULL: there is one log */
    struct lc_sources_settings sources;
    struct lc_namer *namer;
    struct lc_suppressions suppressions;
    struct lc_judge *judge;
    struct lc_baseline baseline;
    struct lc_text_style style;
    struct lc_report report;
    char today[sizeof "2027-01-31"];
    bool is_good;
};

static void complain_suppression(const char *text)
{
    lc_complain("%s", text);
}

/* Those of the program itself may be for other tools, too. */
static void add_own_suppressions(struct work *w)
{
    for (size_t i = 0; i < w->logs->count; i++) {
        const char *rules = w->logs->at[i].findings.suppressions;
        if (rules && (i == 0 || !w->logs->at[i - 1].findings.suppressions ||
                      strcmp(rules, w->logs->at[i - 1].findings.suppressions) != 0))
            lc_suppressions_add(&w->suppressions, "the program's own", rules);
    }
}

static void suppress(struct work *w, struct lc_findings *f)
{
    const struct lc_options *o = &w->settings->options;
    add_own_suppressions(w);
    w->suppressions.complain = complain_suppression;
    w->suppressions.wrong = 0;
    lc_suppressions_read(&w->suppressions, o->suppressions, "");
    w->is_good &= w->suppressions.wrong == 0;
    if (o->default_suppressions)
        lc_suppressions_add_default(&w->suppressions);
    lc_suppressions_apply(&w->suppressions, f, w->namer);
    if (w->merged)
        lc_merge_spread(w->merged, w->logs->at);
}

static struct lc_findings *merge(struct work *w)
{
    if (w->logs->count == 1)
        return &w->logs->at[0].findings;
    w->merged = lc_merge_open(w->logs->at, w->logs->count);
    struct lc_findings *f = lc_merge_findings(w->merged);
    const struct lc_log *command = lc_logs_command(w->logs->at, w->logs->count);
    if (command)
        f->process = command->findings.process;
    return f;
}

static void judge(struct work *w, struct lc_findings *f)
{
    const struct lc_options *o = &w->settings->options;
    const struct lc_judge_settings settings = {.source_root = w->sources.root,
                                               .has_excerpts = true,
                                               .has_suppressions = o->gen_suppressions != LC_GENERATE_NO,
                                               .has_progress = !w->settings->is_at_end};
    w->judge = lc_judge_open(f, w->namer, &settings);
    if (*o->baseline && (*o->write_baseline == '\0' || access(o->baseline, F_OK) == 0))
        w->is_good &= lc_baseline_read(&w->baseline, o->baseline) && w->baseline.wrong == 0;
    if (*o->write_baseline) {
        if (!*o->baseline && access(o->write_baseline, F_OK) == 0) /* for its reasons and dates */
            w->is_good &= lc_baseline_read(&w->baseline, o->write_baseline);
        w->is_good &= lc_baseline_write(&w->baseline, f, o->errors_for_leak_kinds | o->show_leak_kinds, o->write_baseline);
        lc_baseline_free(&w->baseline);
        lc_baseline_read(&w->baseline, o->write_baseline);
    }
    if (*o->baseline || *o->write_baseline)
        lc_baseline_judge(&w->baseline, f, w->judge, w->today);
}

/* 0 or -errno. */
static int print_to(struct work *w, const struct lc_formatter *format, int fd)
{
    struct lc_out out;
    lc_out_init(&out, fd, lc_mem_alloc(OUTPUT_BUFFER, 1), OUTPUT_BUFFER);
    w->report.out = &out;
    w->is_good &= format->print(&w->report);
    int failure = lc_out_flush(&out);
    free(out.buf);
    return failure;
}

static int print_compressed(struct work *w, const struct lc_formatter *format, int fd)
{
    int plain = memfd_create("leakcheck-report", MFD_CLOEXEC);
    if (plain < 0)
        return -errno;
    int failure = print_to(w, format, plain);
    if (!failure)
        failure = lc_compress(plain, fd);
    close(plain);
    return failure;
}

static bool ends_in_gz(const char *path)
{
    size_t len = strlen(path);
    return len >= strlen(".gz") && strcmp(path + len - strlen(".gz"), ".gz") == 0;
}

/* In one format, to a file or, without a path, to standard output. 0, or told. */
static int print(struct work *w, int kind, const char *path)
{
    const struct lc_formatter *format = lc_formatters[kind];
    int fd = path ? lc_destination_open(path) : STDOUT_FILENO;
    if (fd < 0) {
        w->is_good = false;
        return fd;
    }
    bool is_compressed = format->is_compressed || (path && ends_in_gz(path));
    int failure = is_compressed ? print_compressed(w, format, fd) : print_to(w, format, fd);
    if (failure)
        lc_complain("%s: %s", path ? path : "standard output", strerror(-failure));
    w->is_good &= failure == 0;
    if (path)
        close(fd);
    return failure;
}

/* Each FORMAT:FILE. The pid is that of the process that it is about. */
static void print_others(struct work *w)
{
    const char *rest = w->settings->options.output;
    struct lc_output output;
    for (unsigned number = 1; lc_outputs_next(&rest, &output); number++) {
        char path[PATH_MAX];
        if (!output.len) {
            lc_complain("--output takes FORMAT:FILE");
            w->is_good = false;
            continue;
        }
        lc_file_name_expand(output.file, output.len, w->report.findings->process.pid, number, path, sizeof path);
        print(w, output.format, path);
    }
}

static struct lc_verdict decide(const struct work *w, const struct lc_findings *f)
{
    const struct lc_options *o = &w->settings->options;
    struct lc_verdict v = lc_verdict_of(f, o);
    v.fails |= w->settings->is_at_end && !w->is_good; /* what was asked for could not be done */
    if (w->settings->is_at_end)
        v.exit_status = lc_verdict_exit_status(&v, &f->process, o);
    else
        v.exit_status = !w->settings->is_complete || !w->is_good ? LC_EXIT_TROUBLE : v.fails ? (int)o->error_exitcode : 0;
    return v;
}

/* What would have suppressed a leak that passes is of no use. */
static void drop_needless_suppressions(struct work *w, struct lc_findings *f)
{
    const struct lc_options *o = &w->settings->options;
    for (size_t i = 0; i < f->leak_count; i++) {
        struct lc_judgement *j = lc_judge_leak(w->judge, &f->leaks[i]);
        bool counts = lc_leak_kind_bits(f->leaks[i].kind) & o->errors_for_leak_kinds && !lc_judgement_is_known(j);
        if (o->gen_suppressions == LC_GENERATE_YES && !counts) {
            free((void *)(uintptr_t)j->suppression);
            j->suppression = NULL;
        }
    }
}

static struct lc_text_style style_of(const struct lc_report_settings *s)
{
    const struct lc_options *o = &s->options;
    return (struct lc_text_style){.leak_check = (enum lc_check)o->leak_check,
                                  .memory_map = (enum lc_map)o->memory_map,
                                  .hidden_kinds = LC_KINDS_ALL & ~o->show_leak_kinds,
                                  .harmless_kinds = LC_KINDS_ALL & ~o->errors_for_leak_kinds,
                                  .quiet = o->quiet,
                                  .verbose = o->verbose,
                                  .full_stacks = o->full_stacks,
                                  .num_callers = s->has_num_callers ? o->num_callers : 0};
}

static void set_today(struct work *w)
{
    time_t now = time(NULL);
    struct tm utc;
    strftime(w->today, sizeof w->today, "%Y-%m-%d", gmtime_r(&now, &utc));
}

static void close_work(struct work *w)
{
    lc_baseline_free(&w->baseline);
    lc_judge_close(w->judge);
    if (w->merged)
        lc_merge_close(w->merged);
    lc_symbols_close(w->namer);
    free((void *)(uintptr_t)w->sources.root);
}

/* Everything but the printing: the findings of all. */
static struct lc_findings *open_work(struct work *w, const struct lc_report_settings *settings, struct lc_logs *logs)
{
    const struct lc_options *o = &settings->options;
    *w = (struct work){.settings = settings, .logs = logs, .is_good = true, .style = style_of(settings)};
    w->sources = (struct lc_sources_settings){lc_sources_root(o->source_root, "."), o->strip_path_prefix, settings->full_paths};
    w->namer = lc_symbols_open(&w->sources);
    set_today(w);
    struct lc_findings *f = merge(w);
    lc_symbols_prepare(w->namer, f, !settings->is_at_end);
    suppress(w, f);
    judge(w, f);
    return f;
}

bool lc_report_look(const struct lc_report_settings *settings, struct lc_logs *logs, lc_report_visit *visit, void *context)
{
    struct work w;
    visit(context, open_work(&w, settings, logs));
    close_work(&w);
    return w.is_good;
}

bool lc_report_make(const struct lc_report_settings *settings, struct lc_logs *logs, struct lc_verdict *verdict)
{
    const struct lc_options *o = &settings->options;
    struct work w;
    struct lc_findings *f = open_work(&w, settings, logs);
    drop_needless_suppressions(&w, f);
    *verdict = decide(&w, f);
    w.style.verdict = verdict;
    w.report = (struct lc_report){.logs = logs->at,
                                  .count = logs->count,
                                  .findings = f,
                                  .namer = w.namer,
                                  .options = o,
                                  .style = &w.style,
                                  .verdict = verdict,
                                  .suppressions = &w.suppressions,
                                  .baseline = *o->baseline || *o->write_baseline ? &w.baseline : NULL,
                                  .today = w.today,
                                  .source_root = w.sources.root};
    verdict->is_unwritten = print(&w, o->format, settings->output) != 0;
    print_others(&w);
    close_work(&w);
    return w.is_good;
}
