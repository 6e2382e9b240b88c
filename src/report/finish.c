#include "report/finish.h"

#include "base/arena.h"
#include "base/sys.h"
#include "report/child.h"
#include "report/collect.h"
#include "report/log_write.h"
#include "report/mtrace.h"
#include "report/names.h"
#include "report/suppress.h"
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

static void complain(struct lc_finish *f, const char *what, const struct lc_target *t, int error)
{
    char line[LC_TARGET_PATH_MAX + 128];
    struct lc_out out;
    lc_out_init(&out, lc_target_fd(&f->console), line, sizeof line);
    lc_out_fmt(&out, "leakcheck: the %s %s could not be written completely: %s\n", what, t->pattern,
               strerrordesc_np(-error));
    if (out.fd >= 0)
        lc_out_flush(&out);
}

static void keep_record(struct lc_finish *f, int log, const struct lc_findings *findings, char *buffer)
{
    struct lc_out out;
    int to = lc_target_fd(&f->record);
    int rc = to;
    lc_out_init(&out, to, buffer, BUFFER_BYTES);
    if (to >= 0)
        rc = log >= 0 ? copy_log(log, to) : lc_log_write(&out, findings);
    if (rc < 0)
        complain(f, "log", &f->record, rc == -1 ? -EBADF : rc);
}

/* Sums are the same from whoever prints them. */
static bool needs_stacks(const struct lc_options *o)
{
    return o->leak_check == LC_CHECK_FULL || o->format != LC_FORMAT_TEXT || o->memory_map == LC_MAP_FULL;
}

/* leakcheck-report's exit status when there is something to fail for. */
#define TOOL_HAS_ERRORS 3
#define TOOL_SAYS_SO "--error-exitcode=3"

/* The report by leakcheck-report, which knows files and lines, and so which leaks are suppressed by them: what it finds to
 * fail for counts. False, and `*has_errors` stays, when it could not report. */
static bool report_by_tool(const struct lc_finish *f, int log, int to, bool *has_errors)
{
    static const char *const handed_on[] = {"leak-check", "memory-map", "format", "show-leak-kinds", "errors-for-leak-kinds"};
    char texts[LC_ARRAY_LEN(handed_on)][80];
    const char *arguments[LC_ARRAY_LEN(handed_on) + 5] = {f->symbolizer, TOOL_SAYS_SO};
    size_t count = 2;
    const struct lc_options *o = &f->options;
    if (!f->symbolizer[0] || log < 0)
        return false;
    for (size_t i = 0; i < LC_ARRAY_LEN(handed_on); i++) {
        texts[i][0] = texts[i][1] = '-';
        lc_options_format(o, handed_on[i], texts[i] + 2, sizeof texts[i] - 2);
        arguments[count++] = texts[i];
    }
    if (o->quiet || o->verbose)
        arguments[count++] = o->quiet ? "--quiet" : "--verbose";
    arguments[count] = "-";
    lc_sys_lseek(log, 0, SEEK_SET);
    int status = lc_child_run(arguments, log, to);
    if (status == 0 || status == TOOL_HAS_ERRORS)
        *has_errors = status;
    return status == 0 || status == TOOL_HAS_ERRORS || status == -ECHILD;
}

/* The report with the names that symbol tables have. */
static int report_here(const struct lc_finish *f, struct lc_findings *findings, int to, char *buffer)
{
    const struct lc_options *o = &f->options;
    struct lc_out out;
    lc_out_init(&out, to, buffer, BUFFER_BYTES);
    struct lc_text_style style = {
        .leak_check = (enum lc_check)o->leak_check,
        .memory_map = (enum lc_map)o->memory_map,
        .hidden_kinds = LC_KINDS_ALL & ~o->show_leak_kinds,
        .harmless_kinds = LC_KINDS_ALL & ~o->errors_for_leak_kinds,
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
    return lc_out_flush(&out);
}

/* To `to`, by whoever can. 0 or -errno. */
static int report_to(struct lc_finish *f, struct lc_findings *findings, int log, int to, char *buffer, bool *has_errors)
{
    if (to < 0)
        return -EBADF;
    return report_by_tool(f, log, to, has_errors) ? 0 : report_here(f, findings, to, buffer);
}

static void report(struct lc_finish *f, struct lc_findings *findings, int log, char *buffer, bool *has_errors)
{
    bool has_file = f->report.pattern[0];
    int rc = report_to(f, findings, log, lc_target_fd(has_file ? &f->report : &f->console), buffer, has_errors);
    if (rc == 0 || !has_file)
        return;
    complain(f, "report", &f->report, rc);
    report_to(f, findings, log, lc_target_fd(&f->console), buffer, has_errors);
}

/* Programs that the program starts are silent when there is nothing to say; a note is something. */
static bool is_worth_a_report(const struct lc_finish *f, bool has_findings)
{
    const struct lc_options *o = &f->options;
    bool is_descendant = o->main_pid && !f->identity.process.is_main;
    return has_findings || f->note_count || o->verbose || !(is_descendant || o->quiet);
}

/* By the names that we know: leakcheck-report, which knows more, does it again. */
static void suppress(struct lc_findings *findings, const char *rules)
{
    struct lc_namer *namer = lc_names_open(findings);
    findings->suppressions = rules;
    lc_suppress(findings, rules, namer);
    if (namer)
        lc_names_close(namer);
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
        .scan = f->scan,
        .not_leaks = f->keeps_stdio_buffers ? f->stdio_allocator : (struct lc_range){0},
        .notes = f->notes,
        .note_count = f->note_count,
    };
    bool has_record = f->record.pattern[0];
    input.needs_stacks = has_record || f->suppressions || needs_stacks(&f->options);
    char *buffer = lc_pages_map(BUFFER_BYTES, "report");
    if (!buffer)
        return false;
    lc_collect(&findings, &input);
    if (f->suppressions)
        suppress(&findings, f->suppressions);
    unsigned looked_for = f->options.leak_check == LC_CHECK_NO ? 0 : LC_KINDS_ALL;
    bool has_errors = findings.error_count || lc_findings_have(&findings, looked_for & f->options.errors_for_leak_kinds);
    bool has_findings = has_errors || lc_findings_have(&findings, looked_for & f->options.show_leak_kinds);
    bool has_report = is_worth_a_report(f, has_findings);
    bool has_stacks = input.needs_stacks || findings.error_count || findings.step_count;
    bool needs_log = has_record || (has_report && f->symbolizer[0] && has_stacks);
    int log = needs_log ? write_log(&findings, buffer) : -EBADF;
    if (has_record)
        keep_record(f, log, &findings, buffer);
    if (has_report)
        report(f, &findings, has_stacks ? log : -EBADF, buffer, &has_errors);
    if (log >= 0)
        lc_sys_close(log);
    return has_errors;
}
