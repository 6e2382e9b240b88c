#include "formats/format.h"

#include "merge.h"

#define PREFIX      "==all== "
#define COMMAND_MAX 256 /* bytes of a command in the table */

static void put_how_it_ended(struct lc_out *out, const struct lc_process *p)
{
    if (p->end_kind == LC_END_RUNNING)
        lc_out_fmt(out, "%8s", "running");
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

/* A line for each process. */
static void put_processes(const struct lc_report *r)
{
    char rss[16];
    lc_text_line(r->out, PREFIX, "leakcheck, %zu processes:", r->count);
    lc_text_line(r->out, PREFIX, "  %7s %15s %9s %7s %7s %8s  %s", "PID", "BYTES NOT FREED", "BLOCKS",
                 "ERRORS", "VmHWM", "END", "COMMAND");
    for (size_t i = 0; i < r->count; i++) {
        const struct lc_findings *f = &r->logs[i].findings;
        uint64_t errors = 0;
        for (size_t e = 0; e < f->error_count; e++)
            errors += f->errors[e].count;
        lc_out_fmt(r->out, PREFIX "  %7d %'15lu %'9lu %'7lu %7s ", f->process.pid,
                   (unsigned long)f->heap.live_bytes, (unsigned long)f->heap.live_blocks,
                   (unsigned long)errors, f->memory.is_known ? lc_format_size(rss, f->memory.vm_hwm) : "-");
        put_how_it_ended(r->out, &f->process);
        lc_out_char(r->out, ' ');
        put_command(r->out, &f->process);
        lc_out_char(r->out, '\n');
    }
}

static bool print(const struct lc_report *r)
{
    if (r->count == 1) {
        lc_text_report(r->out, &r->logs[0].findings, r->namer, r->style);
        return true;
    }
    struct lc_merge *merged = lc_merge_open(r->logs, r->count);
    struct lc_findings *f = lc_merge_findings(merged);
    if (!r->style->quiet)
        put_processes(r);
    lc_text_notes(r->out, PREFIX, f);
    if (!r->style->quiet || f->note_count)
        lc_text_line(r->out, PREFIX, "%s", "");
    lc_text_body(r->out, PREFIX, f, r->namer, r->style);
    lc_merge_close(merged);
    return true;
}

const struct lc_formatter lc_formatter_text = {.print = print};
