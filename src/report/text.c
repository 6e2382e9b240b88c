#include "report/text.h"

#include "report/escape.h"

#include <string.h>

/* What every part of a report needs. */
struct page {
    struct lc_out *out;
    const char *prefix;
    struct lc_findings *f;
    struct lc_namer *namer;
    const struct lc_text_style *style;
};

void lc_text_line(struct lc_out *out, const char *prefix, const char *fmt, ...)
{
    va_list args;
    lc_out_str(out, prefix);
    va_start(args, fmt);
    lc_out_vfmt(out, fmt, args);
    va_end(args);
    lc_out_char(out, '\n');
}

#define LINE(page, ...) lc_text_line((page)->out, (page)->prefix, __VA_ARGS__)

static void put_blank(const struct page *p)
{
    lc_text_line(p->out, p->prefix, "%s", "");
}

/* "label: value", the value from outside. */
static void put_labelled(const struct page *p, const char *label, const char *value)
{
    lc_out_fmt(p->out, "%s%s: ", p->prefix, label);
    lc_escape_text(p->out, value);
    lc_out_char(p->out, '\n');
}

void lc_text_verdict(struct lc_out *out, const char *prefix, const struct lc_text_style *style)
{
    if (!style->verdict)
        return;
    lc_out_str(out, prefix);
    lc_verdict_put(out, style->verdict);
    lc_out_char(out, '\n');
}

void lc_text_lines(struct lc_out *out, const char *prefix, const char *indent, const char *text)
{
    char line[512];
    while (*text) {
        size_t len = strcspn(text, "\n");
        lc_format(line, sizeof line, "%.*s", (int)len, text);
        lc_out_fmt(out, "%s%s", prefix, indent);
        lc_escape_text(out, line);
        lc_out_char(out, '\n');
        text += len + (text[len] == '\n');
    }
}

void lc_text_command(struct lc_out *out, const struct lc_process *process)
{
    for (size_t i = 0; i < process->argument_count; i++) {
        lc_out_char(out, ' ');
        lc_escape_text(out, process->arguments[i]);
    }
}

static void put_details(const struct page *p)
{
    const struct lc_findings *f = p->f;
    put_labelled(p, "Executable", f->process.executable);
    put_labelled(p, "Directory", f->process.directory);
    LINE(p, "Parent PID: %d", f->process.ppid);
    LINE(p, "Time: %lu.%03lu seconds", (unsigned long)(f->process.duration_ms / 1000),
         (unsigned long)(f->process.duration_ms % 1000));
    for (size_t i = 0; i < f->option_count; i++)
        put_labelled(p, "Option", f->options[i]);
    for (size_t i = 0; i < f->module_count; i++) {
        const struct lc_module *m = &f->modules[i];
        lc_out_fmt(p->out, "%sModule: 0x%lX-0x%lX ", p->prefix, (unsigned long)m->range.start,
                   (unsigned long)m->range.end);
        lc_escape_text(p->out, m->path);
        lc_out_str(p->out, *m->build_id ? ", build-id " : ", no build-id");
        lc_escape_text(p->out, m->build_id);
        lc_out_str(p->out, m->is_closed ? ", closed\n" : "\n");
    }
}

void lc_text_notes(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    const struct page page = {.out = out, .prefix = prefix};
    for (size_t i = 0; i < f->note_count; i++)
        put_labelled(&page, "NOTE", f->notes[i]);
}

static void put_header(const struct page *p)
{
    lc_out_fmt(p->out, "%sleakcheck ", p->prefix);
    lc_escape_text(p->out, p->f->version);
    lc_out_str(p->out, ", a memory leak detector\n");
    lc_out_fmt(p->out, "%sCommand:", p->prefix);
    lc_text_command(p->out, &p->f->process);
    lc_out_char(p->out, '\n');
    if (p->f->process.test && *p->f->process.test)
        put_labelled(p, "Test", p->f->process.test);
    lc_text_notes(p->out, p->prefix, p->f);
    if (p->style->verbose)
        put_details(p);
}

static void put_end(const struct page *p)
{
    const struct lc_process *process = &p->f->process;
    lc_text_crash(p->out, p->prefix, p->f, p->namer, p->style);
    if (p->style->quiet)
        return;
    if (process->end_kind == LC_END_EXEC) {
        LINE(p, "The process becomes another program by exec");
        put_blank(p);
    } else if (process->end_kind == LC_END_RUNNING && p->f->moment.number) {
        unsigned long us = p->f->moment.pause_us;
        LINE(p, "The process is still running: this is its check number %lu, for which it stood still for %lu.%03lu ms%s",
             (unsigned long)p->f->moment.number, us / 1000, us % 1000, p->f->moment.is_copy ? "" : " (no copy of it could be made)");
        put_blank(p);
    } else if (process->end_kind == LC_END_RUNNING) {
        LINE(p, "The process is still running");
        put_blank(p);
    }
}

const char *lc_text_error(enum lc_error_kind kind)
{
    return kind == LC_ERROR_MISMATCHED_FREE ? "Mismatched free() / delete / delete []"
                                            : "Invalid free() / delete / delete[] / realloc()";
}

void lc_text_error_address(struct lc_out *out, const struct lc_error *e)
{
    unsigned long size = e->size;
    bool has_origin = *e->origin.function;
    lc_out_fmt(out, "Address 0x%lX is ", (unsigned long)e->address);
    if (e->kind == LC_ERROR_DOUBLE_FREE && has_origin)
        lc_out_fmt(out, "0 bytes inside a block of size %'lu free'd before, which was alloc'd", size);
    else if (e->kind == LC_ERROR_DOUBLE_FREE)
        lc_out_str(out, "a block that was free'd before");
    else if (has_origin)
        lc_out_fmt(out, "0 bytes inside a block of size %'lu alloc'd", size);
    else
        lc_out_str(out, "not the start of a block that is known");
}

static void put_error(const struct page *p, const struct lc_error *e)
{
    LINE(p, "%s", lc_text_error(e->kind));
    lc_text_stack(p->out, p->prefix, p->f, &e->site, p->namer, p->style);
    lc_out_fmt(p->out, "%s ", p->prefix);
    lc_text_error_address(p->out, e);
    lc_out_char(p->out, '\n');
    if (*e->origin.function)
        lc_text_stack(p->out, p->prefix, p->f, &e->origin, p->namer, p->style);
    if (e->count > 1)
        LINE(p, " This happened %'lu times; the address is the first one's", (unsigned long)e->count);
    lc_text_judgement(p->out, p->prefix, e->judgement);
    lc_text_seen_in(p->out, p->prefix, e->seen_in);
    put_blank(p);
}

static void put_errors(const struct page *p)
{
    for (size_t i = 0; i < p->f->error_count; i++)
        if (p->style->verbose || !lc_judgement_is_known(p->f->errors[i].judgement))
            put_error(p, &p->f->errors[i]);
}

static bool is_all_freed(const struct lc_findings *f)
{
    return f->heap.live_blocks == 0 && f->leak_count == 0;
}

/* But only of what was seen. */
static void put_good_news(const struct page *p)
{
    if (p->f->is_partial)
        LINE(p, "Whether every heap block was freed is not known: this log is incomplete");
    else if (lc_findings_are_blind(p->f))
        LINE(p, "Whether every heap block was freed is not known: no allocation was seen (see NOTE above)");
    else
        LINE(p, "All heap blocks were freed -- no leaks are possible");
    put_blank(p);
}

static void put_heap_summary(const struct page *p)
{
    const struct lc_heap_totals *h = &p->f->heap;
    bool has_totals = h->allocations || !p->f->is_partial;
    LINE(p, "HEAP SUMMARY:");
    LINE(p, "    in use at exit: %s%'lu bytes in %'lu blocks", has_totals ? "" : "at least ",
         (unsigned long)h->live_bytes, (unsigned long)h->live_blocks);
    if (has_totals) {
        LINE(p, "  total heap usage: %'lu allocs, %'lu frees, %'lu bytes allocated",
             (unsigned long)h->allocations, (unsigned long)h->frees, (unsigned long)h->bytes);
        LINE(p, "   peak heap usage: %'lu bytes", (unsigned long)h->peak_bytes);
    }
    put_blank(p);
    if (is_all_freed(p->f))
        put_good_news(p);
}

/* Only what is missing is worth a line. */
static void put_coverage(const struct page *p)
{
    const struct lc_coverage *c = &p->f->coverage;
    const struct {
        uint64_t count;
        const char *what;
    } gaps[] = {
        {c->dropped, "events lost"},
        {c->unknown_frees, "frees of blocks never seen"},
        {c->early_blocks, "blocks from before the start"},
        {c->truncated_stacks, "stacks cut"},
        {c->unstopped_threads, "threads not stopped"},
    };
    const char *separator = "NOT SEEN: ";
    for (size_t i = 0; i < LC_ARRAY_LEN(gaps); i++) {
        if (!gaps[i].count)
            continue;
        lc_out_fmt(p->out, "%s%s%'lu %s", *separator == ',' ? "" : p->prefix, separator,
                   (unsigned long)gaps[i].count, gaps[i].what);
        separator = ", ";
    }
    if (*separator == ',') {
        lc_out_char(p->out, '\n');
        put_blank(p);
    }
}

/* As in valgrind, a loss record is an error. */
static void put_error_summary(const struct page *p)
{
    const struct lc_findings *f = p->f;
    uint64_t errors = 0, contexts = f->error_count, suppressed = 0;
    for (size_t i = 0; i < f->leak_count; i++)
        suppressed += f->leaks[i].kind == LC_LEAK_SUPPRESSED;
    for (size_t i = 0; i < f->error_count; i++)
        errors += f->errors[i].count;
    for (size_t i = 0; i < f->leak_count && p->style->leak_check != LC_CHECK_NO; i++)
        if (lc_leak_kind_bits(f->leaks[i].kind) & ~p->style->harmless_kinds) {
            errors++;
            contexts++;
        }
    LINE(p, "ERROR SUMMARY: %'lu errors from %'lu contexts (suppressed: %'lu from %'lu)", (unsigned long)errors,
         (unsigned long)contexts, (unsigned long)suppressed, (unsigned long)suppressed);
}

/* Has the report anything that it must show? */
bool lc_text_is_quiet_about(const struct lc_findings *f, const struct lc_text_style *style)
{
    for (size_t i = 0; i < f->error_count; i++)
        if (!lc_judgement_is_known(f->errors[i].judgement))
            return false;
    for (size_t i = 0; i < f->leak_count; i++)
        if (lc_text_is_shown(&f->leaks[i], style))
            return false;
    return f->crash_count == 0;
}

/* Even a quiet report has it where there is nothing else to see of the leaks. */
static bool needs_leak_summary(const struct page *p)
{
    enum lc_check check = p->style->leak_check;
    return !is_all_freed(p->f) && (check == LC_CHECK_SUMMARY || (check == LC_CHECK_FULL && !p->style->quiet));
}

static void put_why(const struct page *p)
{
    for (size_t i = 0; i < p->f->step_count; i++) {
        if (p->f->steps[i].leak != LC_NONE)
            continue;
        LINE(p, "The block that --why asks about:");
        lc_text_path(p->out, p->prefix, p->f, LC_NONE, p->namer);
        put_blank(p);
        return;
    }
}

static void put_body(const struct page *p)
{
    bool quiet = p->style->quiet;
    put_errors(p);
    if (!quiet)
        put_heap_summary(p);
    put_why(p);
    if (p->style->leak_check == LC_CHECK_FULL)
        lc_text_leaks(p->out, p->prefix, p->f, p->namer, p->style);
    if (needs_leak_summary(p))
        lc_text_leak_summary(p->out, p->prefix, p->f, p->style);
    put_coverage(p);
    if (!quiet)
        put_error_summary(p);
}

void lc_text_body(struct lc_out *out, const char *prefix, struct lc_findings *f, struct lc_namer *namer,
                  const struct lc_text_style *style)
{
    if (!style->quiet || !lc_text_is_quiet_about(f, style))
        put_body(&(struct page){out, prefix, f, namer, style});
}

void lc_text_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer,
                    const struct lc_text_style *style)
{
    char prefix[32];
    lc_format(prefix, sizeof prefix, "==%d== ", f->process.pid);
    struct page page = {out, prefix, f, namer, style};
    if (!style->quiet || f->note_count || !lc_text_is_quiet_about(f, style))
        lc_text_verdict(out, prefix, style);
    if (style->quiet)
        lc_text_notes(out, prefix, f);
    else
        put_header(&page);
    if (!style->quiet || f->note_count)
        put_blank(&page);
    put_end(&page);
    lc_text_body(out, prefix, f, namer, style);
    if (!style->quiet && style->memory_map != LC_MAP_NO) {
        put_blank(&page);
        lc_text_memory_map(out, prefix, f, namer, style->memory_map);
    }
}
