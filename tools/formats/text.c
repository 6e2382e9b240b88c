#include "formats/format.h"

#include "report/escape.h"

#include <string.h>

#define COMMAND_MAX   256 /* bytes of a command in the table */
#define PROCESSES_MAX 24  /* that each have a line there, whatever they have to report */

static void put_how_it_ended(struct lc_out *out, const struct lc_process *p)
{
    if (p->end_kind == LC_END_RUNNING)
        lc_out_fmt(out, "%8s", "running");
    else if (p->end_kind == LC_END_EXEC)
        lc_out_fmt(out, "%8s", "exec");
    else
        lc_out_fmt(out, "%s %3d", p->end_kind == LC_END_SIGNAL ? " sig" : "exit", p->end_value);
}

static void put_command(struct lc_out *out, const struct lc_process *p)
{
    char text[COMMAND_MAX];
    struct lc_out line;
    lc_out_init(&line, -1, text, sizeof text);
    lc_text_command(&line, p);
    lc_out_mem(out, text, line.len);
    if (line.len == line.cap)
        lc_out_str(out, "...");
}

/* The page of a report on several processes. */
struct merged_page {
    const struct lc_report *r;
    const struct lc_log *command; /* the one that the wrapper started, when they are all of its run; or NULL */
    char prefix[32];
};

static void put_process(const struct merged_page *p, const struct lc_findings *f)
{
    char rss[16];
    uint64_t errors = 0;
    for (size_t e = 0; e < f->error_count; e++)
        errors += f->errors[e].count;
    lc_out_fmt(p->r->out, "%s  %7d %'15lu %'9lu %'7lu %7s ", p->prefix, f->process.pid, (unsigned long)f->heap.live_bytes,
               (unsigned long)f->heap.live_blocks, (unsigned long)errors,
               f->memory.is_known ? lc_format_size(rss, f->memory.vm_hwm) : "-");
    put_how_it_ended(p->r->out, &f->process);
    lc_out_char(p->r->out, ' ');
    put_command(p->r->out, &f->process);
    lc_out_char(p->r->out, '\n');
}

/* Of many processes only those that something is reported of. */
static bool has_its_line(const struct merged_page *p, const struct lc_findings *f)
{
    unsigned shown = LC_KINDS_ALL & ~(p->r->style->hidden_kinds & p->r->style->harmless_kinds);
    return p->r->count <= PROCESSES_MAX || p->r->style->verbose || f->process.is_main || f->error_count || f->crash_count ||
           lc_findings_have(f, shown);
}

/* A line for each process, the command first. */
static void put_processes(const struct merged_page *p)
{
    size_t others = 0;
    lc_text_line(p->r->out, p->prefix, "leakcheck, %zu processes:", p->r->count);
    lc_text_line(p->r->out, p->prefix, "  %7s %15s %9s %7s %7s %8s  %s", "PID", "BYTES NOT FREED", "BLOCKS",
                 "ERRORS", "VmHWM", "END", "COMMAND");
    if (p->command)
        put_process(p, &p->command->findings);
    for (size_t i = 0; i < p->r->count; i++) {
        const struct lc_log *log = &p->r->logs[i];
        if (log == p->command)
            continue;
        if (has_its_line(p, &log->findings))
            put_process(p, &log->findings);
        else
            others++;
    }
    if (others)
        lc_text_line(p->r->out, p->prefix, "  and %zu more with nothing to report", others);
}

/* "NAME (FILE:LINE)", to the end of the line. */
static void put_rule(struct lc_out *out, const struct lc_suppression *rule)
{
    lc_escape_text(out, rule->name);
    lc_out_str(out, " (");
    lc_escape_text(out, rule->file);
    lc_out_fmt(out, ":%u)\n", rule->line);
}

/* Sanitizers' table, and what was in vain. */
static void put_suppressions(const struct lc_report *r, const char *prefix)
{
    const struct lc_suppressions *s = r->suppressions;
    size_t unused = 0, used = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct lc_suppression *rule = &s->at[i];
        if (!rule->records) {
            unused += strcmp(rule->file, "built-in") != 0;
            continue;
        }
        if (!used++)
            lc_text_line(r->out, prefix, "Suppressions used: %9s %10s  template", "count", "bytes");
        lc_out_fmt(r->out, "%s                   %9lu %10lu  ", prefix, (unsigned long)rule->blocks, (unsigned long)rule->bytes);
        put_rule(r->out, rule);
    }
    bool lists_unused = r->style->verbose || r->options->show_error_list;
    if (unused && !lists_unused)
        lc_text_line(r->out, prefix, "Suppressions that matched nothing: %zu (-s lists them)", unused);
    for (size_t i = 0; i < s->count && lists_unused; i++) {
        const struct lc_suppression *rule = &s->at[i];
        if (rule->records)
            continue;
        lc_out_fmt(r->out, "%sSuppression that matched nothing: ", prefix);
        put_rule(r->out, rule);
    }
}

static void put_stale(const struct lc_report *r, const char *prefix)
{
    for (size_t i = 0; r->baseline && i < r->baseline->count; i++) {
        const struct lc_baseline_entry *e = &r->baseline->at[i];
        if (!lc_baseline_is_stale(e, r->today))
            continue;
        lc_out_fmt(r->out, "%sBaseline line %zu: %s %s: ", prefix, e->line, e->fingerprint,
                   lc_baseline_is_expired(e, r->today) ? "has expired" : "was not found any more");
        lc_escape_text(r->out, e->what);
        lc_out_char(r->out, '\n');
    }
}

static void put_tail(const struct lc_report *r, const char *prefix)
{
    if (r->style->quiet)
        return;
    put_suppressions(r, prefix);
    put_stale(r, prefix);
}

/* Of the command, and of those that a signal of an error has ended; who was only told to end is in the table. */
static void put_crashes(const struct lc_report *r)
{
    char prefix[32];
    for (size_t i = 0; i < r->count; i++) {
        const struct lc_findings *f = &r->logs[i].findings;
        if (!f->crash.is_known || (!f->process.is_main && !f->crash_count && !r->style->verbose))
            continue;
        lc_format(prefix, sizeof prefix, "==%d== ", f->process.pid);
        lc_text_crash(r->out, prefix, f, r->namer, r->style);
    }
}

static bool print_merged(const struct lc_report *r)
{
    struct merged_page p = {r, lc_logs_command(r->logs, r->count), "==all== "};
    struct lc_findings *f = r->findings;
    bool has_map = p.command && !r->style->quiet && r->style->memory_map != LC_MAP_NO;
    if (p.command) /* and so, too, for those who look for valgrind's lines */
        lc_format(p.prefix, sizeof p.prefix, "==%d== ", p.command->findings.process.pid);
    if (!r->style->quiet || f->note_count || !lc_text_is_quiet_about(f, r->style))
        lc_text_verdict(r->out, p.prefix, r->style);
    if (!r->style->quiet)
        put_processes(&p);
    lc_text_notes(r->out, p.prefix, f);
    if (!r->style->quiet || f->note_count)
        lc_text_line(r->out, p.prefix, "%s", "");
    put_crashes(r);
    lc_text_body(r->out, p.prefix, f, r->namer, r->style);
    if (has_map) {
        lc_text_line(r->out, p.prefix, "%s", "");
        lc_text_memory_map(r->out, p.prefix, &p.command->findings, r->namer, r->style->memory_map);
    }
    put_tail(r, p.prefix);
    return true;
}

static bool print(const struct lc_report *r)
{
    if (r->count > 1)
        return print_merged(r);
    char prefix[32];
    lc_format(prefix, sizeof prefix, "==%d== ", r->findings->process.pid);
    lc_text_report(r->out, r->findings, r->namer, r->style);
    put_tail(r, prefix);
    return true;
}

const struct lc_formatter lc_formatter_text = {.print = print};
