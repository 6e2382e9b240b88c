/* leakcheck-report: logs in, a report out. */
#include "complain.h"
#include "formats/format.h"
#include "mem.h"
#include "module_file.h"
#include "probe.h"
#include "report/suppress.h"
#include "symbols.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_TROUBLE = 2 };

#define OUTPUT_BUFFER ((size_t)1 << 18)

struct arguments {
    struct lc_options options;
    bool has_num_callers; /* the log's stacks are shown as they are, unless it is said otherwise */
    bool has_memory_map;   /* asked for by name */
    bool full_paths;
    const char *output; /* NULL: stdout */
    const char *probed, *probed_options;
    char **logs;
    size_t log_count;
};

enum {
    /* Options of base/options.def, read by it. */
    KEY_FORMAT = 256,
    KEY_LEAK_CHECK,
    KEY_MEMORY_MAP,
    KEY_NUM_CALLERS,
    KEY_ERROR_EXITCODE,
    KEY_ERRORS_FOR_LEAK_KINDS,
    KEY_SHOW_LEAK_KINDS,
    /* The tool's own. */
    KEY_FULL_PATHS,
    KEY_DEBUG_DIRECTORY,
    KEY_PROBE,
    KEY_OPTIONS
};

static const struct argp_option options[] = {
    {"format", KEY_FORMAT, "text|mtrace", 0, "valgrind's shape, by stack; or mtrace's, a line for each block",
     1},
    {"leak-check", KEY_LEAK_CHECK, "full|summary|no", 0, "every leak with its stack, totals only, or nothing",
     1},
    {"memory-map", KEY_MEMORY_MAP, "full|summary|no", 0, "every mapped region, totals by kind, or nothing",
     1},
    {"num-callers", KEY_NUM_CALLERS, "N", 0, "show at most N frames of each stack", 1},
    {"error-exitcode", KEY_ERROR_EXITCODE, "N", 0, "exit with N when there are leaks or errors (default 0)",
     1},
    {"errors-for-leak-kinds", KEY_ERRORS_FOR_LEAK_KINDS, "KINDS", 0,
     "which leaks count for --error-exitcode, and as errors (default definite,possible)", 1},
    {"show-leak-kinds", KEY_SHOW_LEAK_KINDS, "KINDS", 0,
     "which leaks are shown: definite, indirect, possible, reachable, all, none (default definite,possible)", 1},
    {"quiet", 'q', NULL, 0, "only notes, leaks and errors, and nothing when there are none", 1},
    {"verbose", 'v', NULL, 0, "also options, modules, and what called main", 1},
    {"fullpath", KEY_FULL_PATHS, NULL, 0, "source files with their directories", 1},
    {"output", 'o', "FILE", 0, "write to FILE, not to stdout", 1},
    {"extra-debuginfo-path", KEY_DEBUG_DIRECTORY, "DIR", 0,
     "look for debug files in DIR, too, as in /usr/lib/debug", 1},
    {"probe", KEY_PROBE, "PROGRAM", 0,
     "only say whether PROGRAM can be checked: 0; or 125 (it can't), 126 (can't be executed), 127 (not "
     "there)",
     2},
    {"options", KEY_OPTIONS, "LIST", 0,
     "with --probe: whether LIST would do as LEAKCHECK_OPTIONS; 2 when it wouldn't", 2},
    {0},
};

static const char *name_of(int key)
{
    const struct argp_option *o = options;
    while (o->key != key)
        o++;
    return o->name;
}

static void set_shared(struct arguments *a, int key, const char *value)
{
    char why[256];
    char *text = lc_mem_format("%s=%s", name_of(key), value);
    if (lc_options_set(&a->options, text, strlen(text), why, sizeof why) != 0) {
        lc_complain("%s", why);
        exit(EXIT_TROUBLE);
    }
    free(text);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *a = state->input;
    switch (key) {
    case KEY_NUM_CALLERS:
        a->has_num_callers = true;
        set_shared(a, key, value);
        break;
    case KEY_MEMORY_MAP:
        set_shared(a, key, value);
        a->has_memory_map = a->options.memory_map != LC_MAP_NO;
        break;
    case KEY_FORMAT:
    case KEY_LEAK_CHECK:
    case KEY_ERROR_EXITCODE:
    case KEY_ERRORS_FOR_LEAK_KINDS:
    case KEY_SHOW_LEAK_KINDS:
        set_shared(a, key, value);
        break;
    case 'q':
    case 'v':
        set_shared(a, key, "yes");
        break;
    case 'o':
        a->output = value;
        break;
    case KEY_FULL_PATHS:
        a->full_paths = true;
        break;
    case KEY_DEBUG_DIRECTORY:
        lc_module_file_search(value);
        break;
    case KEY_PROBE:
        a->probed = value;
        break;
    case KEY_OPTIONS:
        a->probed_options = value;
        break;
    case ARGP_KEY_ARGS:
        a->logs = state->argv + state->next;
        a->log_count = (size_t)(state->argc - state->next);
        break;
    case ARGP_KEY_END:
        if (!a->log_count && !a->probed)
            argp_error(state, "no log");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static const struct argp parser = {
    options,
    parse_option,
    "LOG...",
    "Reports on the logs that leakcheck --record=FILE has written; '-' is standard input. Several logs "
    "become one "
    "report, with each stack once.\v"
    "Exit status: 0; 2 when a log can't be read, or not wholly (what can be is reported); the one of "
    "--error-exitcode when there are leaks or errors.",
    NULL,
    NULL,
    NULL};

static bool has_wrong_options;

static void complain_option(const char *why)
{
    fprintf(stderr, "leakcheck: %s\n", why);
    has_wrong_options = true;
}

/* What the wrapper asks before it starts a program. */
static int probe(const struct arguments *a)
{
    struct lc_options options_of_run;
    lc_options_init(&options_of_run);
    if (a->probed_options)
        lc_options_parse(&options_of_run, a->probed_options, complain_option);
    return has_wrong_options ? EXIT_TROUBLE : lc_probe(a->probed);
}

static void complain_log(const struct lc_log *log)
{
    if (log->problem.line)
        lc_complain("%s:%zu: %s", log->path, log->problem.line, log->problem.text);
    else
        lc_complain("%s: %s", log->path, log->problem.text);
}

/* Reads them all; false when one is not sound. */
static bool read_logs(const struct arguments *a, struct lc_logs *logs)
{
    bool is_sound = true;
    for (size_t i = 0; i < a->log_count; i++)
        lc_logs_read(logs, a->logs[i]);
    for (size_t i = 0; i < logs->count; i++) {
        if (!logs->at[i].problem.count)
            continue;
        complain_log(&logs->at[i]);
        is_sound = false;
    }
    lc_logs_drop_others(logs);
    return is_sound;
}

static bool print(const struct arguments *a, struct lc_out *out, const struct lc_logs *logs)
{
    const struct lc_text_style style = {.leak_check = (enum lc_check)a->options.leak_check,
                                        .memory_map = (enum lc_map)a->options.memory_map,
                                        .hidden_kinds = LC_KINDS_ALL & ~a->options.show_leak_kinds,
                                        .harmless_kinds = LC_KINDS_ALL & ~a->options.errors_for_leak_kinds,
                                        .quiet = a->options.quiet,
                                        .verbose = a->options.verbose,
                                        .num_callers = a->has_num_callers ? a->options.num_callers : 0};
    const struct lc_formatter *formatter = lc_formatters[a->options.format];
    struct lc_namer *namer = lc_symbols_open(a->full_paths || formatter->has_full_paths);
    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].findings.suppressions)
            lc_suppress(&logs->at[i].findings, logs->at[i].findings.suppressions, namer);
    bool is_printed = formatter->print(&(struct lc_report){out, logs->at, logs->count, namer, &style});
    lc_symbols_close(namer);
    return is_printed;
}

static bool write_report(const struct arguments *a, const struct lc_logs *logs)
{
    int fd = a->output ? open(a->output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : STDOUT_FILENO;
    if (fd < 0) {
        lc_complain("%s: %s", a->output, strerror(errno));
        return false;
    }
    struct lc_out out;
    lc_out_init(&out, fd, lc_mem_alloc(OUTPUT_BUFFER, 1), OUTPUT_BUFFER);
    bool is_printed = print(a, &out, logs);
    int failure = lc_out_flush(&out);
    if (failure)
        lc_complain("%s: %s", a->output ? a->output : "standard output", strerror(-failure));
    free(out.buf);
    return is_printed && !failure;
}

/* Errors, and those leaks that count; as in the library. */
static bool has_failures(const struct arguments *a, const struct lc_logs *logs)
{
    unsigned kinds = a->options.leak_check == LC_CHECK_NO ? 0 : a->options.errors_for_leak_kinds;
    for (size_t i = 0; i < logs->count; i++)
        if (logs->at[i].findings.error_count || lc_findings_have(&logs->at[i].findings, kinds))
            return true;
    return false;
}

static int report(const struct arguments *a)
{
    struct lc_logs logs = {0};
    bool is_complete = read_logs(a, &logs);
    if (a->has_memory_map && logs.count > 1 && !lc_logs_command(logs.at, logs.count))
        lc_complain("--memory-map needs one log, or those of one run: a map belongs to one process");
    if (logs.count)
        is_complete &= write_report(a, &logs);
    bool has_failed = has_failures(a, &logs);
    lc_logs_free(&logs);
    return !is_complete ? EXIT_TROUBLE : has_failed ? (int)a->options.error_exitcode : 0;
}

int main(int argc, char **argv)
{
    struct arguments a = {0};
    lc_options_init(&a.options);
    argp_program_version = "leakcheck-report " LC_VERSION;
    argp_err_exit_status = EXIT_TROUBLE;
    argp_parse(&parser, argc, argv, 0, NULL, &a);
    return a.probed ? probe(&a) : report(&a);
}
