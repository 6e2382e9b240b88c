#include "report/finish.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/thread.h"
#include "report/child.h"
#include "report/collect.h"
#include "report/log_write.h"
#include "report/member.h"
#include "report/mtrace.h"
#include "report/names.h"
#include "report/run_lines.h"
#include "report/run_log.h"
#include "report/suppressions.h"
#include "report/text.h"
#include "report/tool_arguments.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)64 << 10)

/* On the console. */
static void LC_PRINTF(2, 3) say(struct lc_finish *f, const char *fmt, ...)
{
    char line[LC_TARGET_PATH_MAX + 128];
    struct lc_out out;
    va_list args;
    lc_out_init(&out, lc_target_fd(&f->console), line, sizeof line);
    va_start(args, fmt);
    lc_out_vfmt(&out, fmt, args);
    va_end(args);
    if (out.fd >= 0)
        lc_out_flush(&out);
}

static void complain(struct lc_finish *f, const char *what, const struct lc_target *t, int error)
{
    say(f, "leakcheck: the %s %s could not be written completely: %s\n", what, t->pattern, strerrordesc_np(-error));
}

static void keep_record(struct lc_finish *f, const struct lc_findings *findings, char *buffer)
{
    int log = lc_log_write_memory(findings, buffer, BUFFER_BYTES);
    int to = lc_target_fd(&f->record);
    ssize_t rc = to;
    if (to >= 0 && log >= 0) {
        rc = lc_log_copy(log, 0, to); /* in one write: processes may share the file */
    } else if (to >= 0) {
        struct lc_out out;
        lc_out_init(&out, to, buffer, BUFFER_BYTES);
        rc = lc_log_write(&out, findings);
    }
    if (rc < 0)
        complain(f, "log", &f->record, rc == -1 ? -EBADF : (int)rc);
    if (log >= 0)
        lc_sys_close(log);
}

/* Whether a format is asked for that only leakcheck-report knows. */
static bool needs_tool(const struct lc_options *o)
{
    return *o->output || (o->format != LC_FORMAT_TEXT && o->format != LC_FORMAT_MTRACE && o->format != LC_FORMAT_NONE);
}

/* What is written whether there are findings or not. */
static bool has_outputs(const struct lc_options *o)
{
    return needs_tool(o) || *o->write_baseline;
}

/* Sums are the same from whoever prints them, but for who knows what they are made of. */
static bool needs_stacks(const struct lc_options *o)
{
    bool is_policy = has_outputs(o) || *o->baseline || *o->suppressions || o->fail_on != LC_FAIL_AUTO;
    return is_policy || o->leak_check == LC_CHECK_FULL || o->format != LC_FORMAT_TEXT || o->memory_map == LC_MAP_FULL;
}

static bool needs_memory(const struct lc_options *o)
{
    return has_outputs(o) || (!o->quiet && o->memory_map != LC_MAP_NO);
}

/* The report by leakcheck-report, which knows files and lines, and so which leaks are suppressed by them: what it finds to
 * fail for counts. False, and `*has_errors` stays, when it could not report. */
static bool report_by_tool(struct lc_finish *f, int log, int to, bool *has_errors)
{
    struct lc_tool_arguments arguments;
    int console = lc_target_fd(&f->console);
    if (!f->symbolizer[0] || log < 0 || to < 0)
        return false;
    lc_tool_arguments(&arguments, f->symbolizer);
    if (lc_sys_lseek(log, 0, SEEK_SET) < 0)
        return false;
    int status = lc_child_run(arguments.list, log, to, console < 0 ? to : console);
    if (status == 0 || status == LC_TOOL_HAS_ERRORS)
        *has_errors = status;
    return status == 0 || status == LC_TOOL_HAS_ERRORS || status == -ECHILD;
}

static struct lc_finish *suppressing;

static void complain_suppression(const char *text)
{
    say(suppressing, "leakcheck: %s\n", text);
}

const struct lc_suppressions *lc_finish_rules(struct lc_finish *f)
{
    if (!f->has_rules && f->suppressions)
        lc_suppressions_add(&f->rules, "", f->suppressions);
    if (!f->has_rules)
        lc_suppressions_read(&f->rules, f->options.suppressions, f->identity.process.directory);
    f->has_rules = true;
    return &f->rules;
}

/* By the names that we know. */
static void suppress(struct lc_finish *f, struct lc_findings *findings, struct lc_namer *namer)
{
    static struct lc_suppressions suppressions;
    static bool is_done;
    const struct lc_options *o = &f->options;
    if (is_done)
        return;
    is_done = true;
    suppressing = f;
    if (findings->suppressions)
        lc_suppressions_add(&suppressions, "the program's own", findings->suppressions);
    suppressions.complain = complain_suppression;
    lc_suppressions_read(&suppressions, o->suppressions, f->identity.process.directory);
    if (o->default_suppressions)
        lc_suppressions_add_default(&suppressions);
    lc_suppressions_apply(&suppressions, findings, namer);
}

/* The report with the names that symbol tables have. */
static int report_here(struct lc_finish *f, struct lc_findings *findings, int to, char *buffer, bool *has_errors)
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
        .full_stacks = true,
    };
    struct lc_namer *namer = lc_names_open(findings);
    suppress(f, findings, namer);
    struct lc_verdict verdict = lc_verdict_of(findings, o);
    *has_errors = verdict.fails;
    verdict.exit_status = lc_verdict_exit_status(&verdict, &findings->process, o);
    style.verdict = &verdict;
    if (needs_tool(o))
        say(f, "leakcheck: formats other than text and mtrace need leakcheck-report, which could not be run: no other is written\n");
    if (o->format == LC_FORMAT_MTRACE)
        lc_mtrace_report(&out, findings, namer);
    else if (o->format != LC_FORMAT_NONE || needs_tool(o))
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
    return report_by_tool(f, log, to, has_errors) ? 0 : report_here(f, findings, to, buffer, has_errors);
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

/* For the log, when there is no leakcheck-report, which knows more names, to do it. */
static void suppress_here(struct lc_finish *f, struct lc_findings *findings)
{
    if (f->symbolizer[0] || !(f->suppressions || *f->options.suppressions))
        return;
    struct lc_namer *namer = lc_names_open(findings);
    suppress(f, findings, namer);
    if (namer)
        lc_names_close(namer);
}

/* What sums need of a process that has nothing to report: one leak without a stack for each kind, and no regions. */
static void shorten(struct lc_findings *f)
{
    static struct lc_leak sums[LC_LEAK_KIND_COUNT];
    size_t count = 0;
    for (unsigned kind = 0; kind < LC_LEAK_KIND_COUNT; kind++) {
        struct lc_leak sum = {.kind = kind, .id = (uint32_t)count, .site = {"", 0, LC_NONE}};
        for (size_t i = 0; i < f->leak_count; i++)
            if (f->leaks[i].kind == kind) {
                sum.bytes += f->leaks[i].bytes;
                sum.blocks += f->leaks[i].blocks;
            }
        if (sum.blocks)
            sums[count++] = sum;
    }
    f->leaks = sums;
    f->leak_count = count;
    f->crash.stack = LC_NONE;
    f->crash.place_count = 0;
    f->module_count = f->frame_count = f->region_count = f->hanging_count = f->step_count = f->block_count = 0;
}

/* True when the log is in the run's. */
static bool add_to_run(struct lc_finish *f, const struct lc_findings *findings, char *buffer)
{
    int run = lc_target_fd(&f->run_log);
    if (run < 0)
        return false;
    int log = lc_log_write_memory(findings, buffer, BUFFER_BYTES);
    int rc = log < 0 ? log : lc_run_log_add(run, log);
    if (log >= 0)
        lc_sys_close(log);
    return rc == 0;
}

/* Of a process below the command: true when there is nothing else to do. */
static bool leave_to_command(struct lc_finish *f, struct lc_findings *findings, bool is_clean, char *buffer)
{
    if (is_clean)
        shorten(findings);
    findings->region_count = 0; /* a map belongs to one process */
    return add_to_run(f, findings, buffer);
}

/* Of the command, which has closed all that a report could go to: the supervisor, which has not, makes it. */
static bool leave_to_supervisor(struct lc_finish *f, const struct lc_findings *findings, char *buffer)
{
    bool has_file = f->report.pattern[0] && lc_target_fd(&f->report) >= 0;
    return !has_file && lc_target_fd(&f->console) < 0 && add_to_run(f, findings, buffer);
}

/* By the tool, which could not write it to the file where it was to go. */
static bool report_to_console(struct lc_finish *f, int log, bool *has_errors)
{
    if (!f->report.pattern[0])
        return false;
    say(f, "leakcheck: the report %s could not be written completely\n", f->report.pattern);
    return report_by_tool(f, log, lc_target_fd(&f->console), has_errors);
}

/* Of the command: one report for it and for those that ended before. False when there are none, or when theirs can't
 * be had. */
static bool report_run(struct lc_finish *f, struct lc_findings *findings, char *buffer, bool *has_errors)
{
    int run = lc_target_fd(&f->run_log);
    int all = run < 0 ? run : lc_sys_memfd("leakcheck-run");
    if (all < 0)
        return false;
    bool has_others = lc_run_log_take(run, all) > 0 && lc_run_lines_settle(all);
    if (has_others) {
        struct lc_target *to = f->report.pattern[0] ? &f->report : &f->console;
        struct lc_out out;
        bool finds_errors = *has_errors;
        lc_out_init(&out, all, buffer, BUFFER_BYTES);
        lc_log_write(&out, findings);
        if (!report_by_tool(f, all, lc_target_fd(to), &finds_errors) && !report_to_console(f, all, &finds_errors)) {
            say(f, "leakcheck: %s could not report: these are the logs of the processes of this run\n", f->symbolizer);
            lc_log_copy(all, 0, lc_target_fd(&f->console));
        }
        if (f->options.errors_for_children)
            *has_errors = finds_errors;
    }
    lc_sys_close(all);
    lc_run_log_remove(f->options.run_log);
    return has_others;
}

static void report_alone(struct lc_finish *f, struct lc_findings *findings, bool has_stacks, char *buffer, bool *has_errors)
{
    int log = f->symbolizer[0] && has_stacks ? lc_log_write_memory(findings, buffer, BUFFER_BYTES) : -EBADF;
    report(f, findings, log, buffer, has_errors);
    if (log >= 0)
        lc_sys_close(log);
}

uint32_t lc_finish_inherited(const struct lc_finish *f)
{
    const struct lc_identity *id = &f->identity;
    return id->is_forked && lc_sys_getppid() == id->process.ppid ? f->inherited_sites : 0;
}

static struct lc_collect_input input_of(struct lc_finish *f, enum lc_end_kind kind, int value)
{
    return (struct lc_collect_input){
        .options = &f->options,
        .identity = &f->identity,
        .process = lc_identity_at_end(&f->identity, kind, value),
        .function_addresses = f->function_addresses,
        .early_blocks = f->early_blocks,
        .scan = f->scan,
        .death = f->death,
        .death_thread = f->death_thread,
        .not_leaks = f->keeps_stdio_buffers ? f->stdio_allocator : (struct lc_range){0},
        .suppressions = f->suppressions,
        .rules = lc_finish_rules(f),
        .notes = f->notes,
        .note_count = f->note_count,
    };
}

void lc_finish_look(struct lc_finish *f, bool is_copy, uint32_t inherited_sites, struct lc_findings *out)
{
    struct lc_collect_input input = input_of(f, LC_END_RUNNING, 0);
    input.is_copy = is_copy;
    input.inherited_sites = inherited_sites;
    input.needs_stacks = input.needs_memory = input.needs_details = true;
    lc_collect(out, &input);
}

/* A block that is not freed has a footprint to be found out; below the command, memory is of no other interest. */
static bool holds_nothing(void)
{
    const struct lc_counters n = lc_thread_totals();
    return n.allocations == n.frees;
}

bool lc_finish(struct lc_finish *f, enum lc_end_kind kind, int value)
{
    static struct lc_findings findings;
    struct lc_collect_input input = input_of(f, kind, value);
    input.inherited_sites = lc_finish_inherited(f);
    const struct lc_options *o = &f->options;
    bool has_record = f->record.pattern[0];
    bool is_below = lc_member_is_below_command(f) || kind == LC_END_EXEC;
    input.needs_stacks = has_record || f->suppressions || needs_stacks(o);
    input.needs_memory = has_record || (needs_memory(o) && !(is_below && holds_nothing()));
    input.needs_details = has_record || o->memory_map == LC_MAP_FULL;
    char *buffer = lc_pages_map(BUFFER_BYTES, "report");
    if (!buffer || lc_member_is_silent(f))
        return false;
    if (is_below)
        input.process.is_main = false;
    lc_collect(&findings, &input);
    suppress_here(f, &findings);
    unsigned looked_for = o->leak_check == LC_CHECK_NO ? 0 : LC_KINDS_ALL;
    bool has_errors = findings.error_count || lc_findings_have(&findings, looked_for & o->errors_for_leak_kinds);
    bool is_clean = !has_errors && !lc_findings_have(&findings, looked_for & o->show_leak_kinds) && !f->note_count && !o->verbose &&
                    !lc_crash_is_error(&findings.crash);
    if (has_record)
        keep_record(f, &findings, buffer);
    bool has_stacks = input.needs_stacks || findings.error_count || findings.step_count || findings.crash.is_known;
    bool is_of_run = kind != LC_END_RUNNING && f->run_log.own.fd >= 0;
    if (is_of_run && !is_below && leave_to_supervisor(f, &findings, buffer))
        return has_errors;
    if (is_of_run && !is_below && report_run(f, &findings, buffer, &has_errors))
        return has_errors;
    if (is_clean && o->quiet && !has_outputs(o)) {
        if (is_of_run)
            lc_member_end(f);
        return has_errors;
    }
    if (is_of_run && is_below && leave_to_command(f, &findings, is_clean, buffer))
        return has_errors;
    if (!is_clean || !is_below || has_outputs(o))
        report_alone(f, &findings, has_stacks, buffer, &has_errors);
    if (is_of_run)
        lc_member_end(f);
    return has_errors;
}
