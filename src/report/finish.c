#include "report/finish.h"

#include "base/arena.h"
#include "base/sys.h"
#include "report/child.h"
#include "report/collect.h"
#include "report/log_write.h"
#include "report/mtrace.h"
#include "report/names.h"
#include "report/text.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)64 << 10)

/* The log in a file without a name: -errno when there is no such thing here. */
static int write_log(const struct lc_findings *findings, char *buffer)
{
    struct lc_out out;
    int fd = lc_sys_memfd("leakcheck-log");
    if (fd < 0)
        return fd;
    lc_out_init(&out, fd, buffer, BUFFER_BYTES);
    int rc = lc_log_write(&out, findings);
    if (rc == 0)
        return fd;
    lc_sys_close(fd);
    return rc;
}

/* One write, so that processes which share a file do not mix their logs. */
static int copy_log(int log, int to)
{
    off_t size = lc_sys_lseek(log, 0, SEEK_END);
    uintptr_t text = lc_sys_mmap(0, (size_t)size, PROT_READ, MAP_SHARED, log, 0);
    if (lc_sys_is_error(text))
        return (int)text;
    struct lc_out out;
    lc_out_init(&out, to, (char *)text, (size_t)size);
    out.len = (size_t)size;
    int rc = lc_out_flush(&out);
    lc_sys_munmap(text, (size_t)size);
    return rc;
}

/* Says on the report's own way what happened to the record. */
static void keep_record(struct lc_finish *f, int log, const struct lc_findings *findings, char *buffer)
{
    int to = lc_target_fd(&f->record);
    int rc = to;
    if (to >= 0 && log >= 0) {
        rc = copy_log(log, to);
    } else if (to >= 0) {
        struct lc_out out;
        lc_out_init(&out, to, buffer, BUFFER_BYTES);
        rc = lc_log_write(&out, findings);
    }
    if (rc >= 0)
        return;
    struct lc_out out;
    lc_out_init(&out, lc_target_fd(&f->report), buffer, BUFFER_BYTES);
    lc_out_fmt(&out, "leakcheck: the log %s could not be written completely (error %d)\n", f->record.pattern, -rc);
    lc_out_flush(&out);
}

static const char *choice(const char *name, int value, const char *const words[], char *buf, size_t size)
{
    lc_format(buf, size, "--%s=%s", name, words[value]);
    return buf;
}

/* The report by leakcheck-report, which knows files and lines. */
static bool report_by_tool(const struct lc_finish *f, int log, int to)
{
    static const char *const checks[] = {"full", "summary", "no"};
    static const char *const maps[] = {"full", "summary", "no"};
    static const char *const formats[] = {"text", "mtrace"};
    char check[32], map[32], format[32];
    const struct lc_options *o = &f->options;
    const char *arguments[] = {
        f->symbolizer,
        choice("leak-check", (int)o->leak_check, checks, check, sizeof check),
        choice("memory-map", (int)o->memory_map, maps, map, sizeof map),
        choice("format", (int)o->format, formats, format, sizeof format),
        o->quiet ? "--quiet" : o->verbose ? "--verbose" : "-",
        o->quiet || o->verbose ? "-" : NULL,
        NULL,
    };
    if (!f->symbolizer[0] || log < 0)
        return false;
    lc_sys_lseek(log, 0, SEEK_SET);
    return lc_child_run(arguments, log, to) == 0;
}

/* The report with the names that symbol tables have. */
static void report_here(const struct lc_finish *f, struct lc_findings *findings, int to, char *buffer)
{
    const struct lc_options *o = &f->options;
    struct lc_out out;
    lc_out_init(&out, to, buffer, BUFFER_BYTES);
    struct lc_text_style style = {
        .leak_check = (enum lc_check)o->leak_check,
        .memory_map = (enum lc_map)o->memory_map,
        .quiet = o->quiet,
        .verbose = o->verbose,
    };
    struct lc_namer *namer = lc_names_open(findings);
    if (o->format == LC_FORMAT_MTRACE)
        lc_mtrace_report(&out, findings, namer);
    else
        lc_text_report(&out, findings, namer, &style);
    if (namer)
        lc_names_close(namer);
    lc_out_flush(&out);
}

/* Programs that the program starts are silent when there is nothing to say. */
static bool is_worth_a_report(const struct lc_finish *f, bool has_findings)
{
    const struct lc_options *o = &f->options;
    bool is_descendant = o->main_pid && !f->identity.process.is_main;
    return has_findings || o->verbose || !(is_descendant || o->quiet);
}

bool lc_finish(struct lc_finish *f, enum lc_end_kind kind, int value)
{
    static struct lc_findings findings;
    struct lc_collect_input input = {
        .options = &f->options,
        .identity = &f->identity,
        .process = lc_identity_at_end(&f->identity, kind, value),
        .function_addresses = f->function_addresses,
        .early_blocks = f->early_blocks,
        .notes = f->notes,
        .note_count = f->note_count,
    };
    char *buffer = lc_pages_map(BUFFER_BYTES, "report");
    if (!buffer)
        return false;
    lc_collect(&findings, &input);
    bool has_findings = (findings.leak_count && f->options.leak_check != LC_CHECK_NO) || findings.error_count;
    int log = write_log(&findings, buffer);
    if (f->record.pattern[0])
        keep_record(f, log, &findings, buffer);
    int to = is_worth_a_report(f, has_findings) ? lc_target_fd(&f->report) : -1;
    if (to >= 0 && !report_by_tool(f, log, to))
        report_here(f, &findings, to, buffer);
    lc_sys_close(log);
    return has_findings;
}
