/* leakcheck-report: logs in, a report out. */
#include "complain.h"
#include "diff.h"
#include "history.h"
#include "map.h"
#include "mem.h"
#include "module_file.h"
#include "probe.h"
#include "progress.h"
#include "report.h"
#include "report/outputs.h"
#include "report/tool_arguments.h"
#include "watch.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct arguments {
    struct lc_report_settings settings;
    bool has_memory_map; /* asked for by name */
    bool is_diff;
    struct lc_map_settings map;
    bool has_map_details; /* options that only a map takes */
    const char *history; /* database, or NULL */
    const char *process; /* a running one, or NULL */
    struct lc_watch_settings watch; /* and .now for a single look */
    bool is_watching, is_growth;
    const char *probed, *probed_options;
    char **logs;
    size_t log_count;
};

/* Those of base/options.def, by their place in it; and the tool's own. */
enum {
    KEY_SHARED = 256,
    KEY_FULL_PATHS = 512,
    KEY_DEBUG_DIRECTORY,
    KEY_AT_END,
    KEY_DIFF,
    KEY_HISTORY,
    KEY_MAP,
    KEY_SORT,
    KEY_KIND,
    KEY_FILTER,
    KEY_PROBE,
    KEY_OPTIONS,
    KEY_NOW,
    KEY_RECORD,
    KEY_TIMEOUT,
    KEY_FORCE,
    KEY_WATCH,
    KEY_INTERVAL,
    KEY_LOOKS,
    KEY_GROWTH
};

/* A short option has its letter for a key, and no name. */
static const struct argp_option own_options[] = {
#define LC_OWN(name, key, argument, flags, help, group) {name[1] ? name : NULL, key, argument, flags, help, group},
#include "report_options.def"
};

static const struct row {
    const char *name, *argument, *help;
} rows[] = {
#define LC_OPTION(name, field, type, default, argument, help) {name, argument, help},
#include "base/options.def"
};

static const char *const shared[] = {
#define LC_REPORT(name, field) name,
#include "base/options.def"
};

static const struct row *row_of(const char *name)
{
    const struct row *r = rows;
    while (strcmp(r->name, name) != 0)
        r++;
    return r;
}

static bool is_switch(const struct row *r)
{
    return strcmp(r->argument, "yes|no") == 0;
}

static int key_of(size_t index)
{
    const char *name = shared[index];
    return strcmp(name, "quiet") == 0 ? 'q' : strcmp(name, "verbose") == 0 ? 'v' : KEY_SHARED + (int)index;
}

/* The array that argp wants. */
static const struct argp_option *all_options(void)
{
    static struct argp_option options[LC_ARRAY_LEN(shared) + LC_ARRAY_LEN(own_options) + 1];
    for (size_t i = 0; i < LC_ARRAY_LEN(shared); i++) {
        const struct row *r = row_of(shared[i]);
        options[i] = (struct argp_option){r->name, key_of(i), r->argument, is_switch(r) ? OPTION_ARG_OPTIONAL : 0, r->help, 1};
    }
    memcpy(options + LC_ARRAY_LEN(shared), own_options, sizeof own_options);
    return options;
}

/* `why`: what is wrong, or NULL. */
static void refuse(const char *why)
{
    if (!why)
        return;
    lc_complain("%s", why);
    exit(LC_EXIT_TROUBLE);
}

static void set(struct arguments *a, const char *text)
{
    char why[256];
    refuse(lc_options_set(&a->settings.options, text, strlen(text), why, sizeof why) != 0 ? why : NULL);
    a->settings.has_num_callers |= strncmp(text, "num-callers=", strlen("num-callers=")) == 0;
    if (strncmp(text, "memory-map=", strlen("memory-map=")) == 0)
        a->has_memory_map = a->settings.options.memory_map != LC_MAP_NO;
}

static bool set_shared(struct arguments *a, int key, const char *value)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(shared); i++) {
        if (key_of(i) != key)
            continue;
        char *text = lc_mem_format("%s=%s", shared[i], value ? value : "yes");
        set(a, text);
        free(text);
        return true;
    }
    return false;
}

static unsigned number(const struct argp_state *state, const char *name, const char *value)
{
    char *end;
    unsigned long n = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || n < 1 || n > 1000000)
        argp_error(state, "--%s takes a number from 1 to 1000000, not '%s'", name, value);
    return (unsigned)n;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct arguments *a = state->input;
    if (set_shared(a, key, value))
        return 0;
    switch (key) {
    case 'o':
        a->settings.output = value;
        break;
    case KEY_FULL_PATHS:
        a->settings.full_paths = true;
        break;
    case KEY_DEBUG_DIRECTORY:
        lc_module_file_search(value);
        break;
    case KEY_AT_END:
        a->settings.is_at_end = true;
        break;
    case KEY_DIFF:
        a->is_diff = true;
        break;
    case KEY_HISTORY:
        a->history = value;
        break;
    case KEY_MAP:
        refuse(lc_map_set_parts(&a->map, value));
        break;
    case KEY_SORT:
        refuse(lc_map_set_sort(&a->map, value));
        a->has_map_details = true;
        break;
    case KEY_KIND:
        refuse(lc_map_set_kinds(&a->map, value));
        a->has_map_details = true;
        break;
    case KEY_FILTER:
        a->map.filter = value;
        a->has_map_details = true;
        break;
    case KEY_NOW:
        a->process = value;
        break;
    case KEY_WATCH:
        a->process = value;
        a->is_watching = true;
        break;
    case KEY_INTERVAL:
        a->watch.interval_s = number(state, "interval", value);
        break;
    case KEY_LOOKS:
        a->watch.looks = number(state, "looks", value);
        break;
    case KEY_GROWTH:
        a->is_growth = true;
        break;
    case KEY_RECORD:
        a->watch.now.record = value;
        break;
    case KEY_TIMEOUT:
        a->watch.now.timeout_s = number(state, "timeout", value);
        break;
    case KEY_FORCE:
        a->watch.now.is_forced = true;
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
        if (a->is_diff && !a->process && a->log_count != 2)
            argp_error(state, "--diff takes two files, OLD and NEW");
        if (a->is_diff && a->process && (a->is_watching || a->log_count > 1))
            argp_error(state, "--diff takes two files, or --now PID and at most one, OLD");
        if (a->is_growth && (a->process || a->log_count < 2))
            argp_error(state, "--growth takes several logs");
        if (a->has_map_details && !a->map.parts)
            argp_error(state, "--sort, --kind and --filter belong to --map");
        if (a->process && a->log_count && !a->is_diff)
            argp_error(state, "--now and --watch take no log");
        if (!a->log_count && !a->probed && !a->process)
            argp_error(state, a->history ? "--history takes add, list, show or trend" : a->map.parts ? "no log, and no pid" : "no log");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static struct argp parser = {
    NULL,
    parse_option,
    "LOG...\n--map PID|LOG...",
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

/* What the wrapper finds out for itself, for scripts that preload the library on their own. */
static int probe(const struct arguments *a)
{
    struct lc_options options_of_run;
    lc_options_init(&options_of_run);
    if (a->probed_options)
        lc_options_parse(&options_of_run, a->probed_options, complain_option);
    return has_wrong_options ? LC_EXIT_TROUBLE : lc_probe(a->probed);
}

/* Reads them all; false when one is not sound. */
static bool read_logs(const struct arguments *a, struct lc_logs *logs)
{
    bool is_had = !a->process || lc_now_read(logs, a->process, &a->watch.now);
    struct lc_progress progress;
    lc_progress_start(&progress, "logs", a->log_count);
    for (size_t i = 0; i < a->log_count; i++) {
        lc_progress_step(&progress, i);
        lc_logs_read(logs, a->logs[i]);
    }
    lc_progress_end(&progress);
    bool is_sound = lc_logs_are_sound(logs) && is_had;
    lc_logs_drop_others(logs);
    return is_sound;
}

/* The options of the run itself, and the directory that their paths begin at. */
static void take_options(struct arguments *a, const struct lc_logs *logs)
{
    const struct lc_log *log = lc_logs_command(logs->at, logs->count);
    const struct lc_findings *f = log ? &log->findings : &logs->at[logs->count - 1].findings;
    for (size_t i = 0; i < f->option_count; i++)
        set(a, f->options[i]);
    if (*f->process.directory && chdir(f->process.directory) != 0)
        lc_complain("%s: %s", f->process.directory, strerror(errno));
}

static int status_of(const struct arguments *a, const struct lc_verdict *v, bool is_complete)
{
    if (a->settings.is_at_end && v->is_unwritten)
        return LC_TOOL_UNWRITTEN;
    if (a->settings.is_at_end) /* what was asked for and could not be done fails, too */
        return v->fails || !is_complete ? LC_TOOL_HAS_ERRORS : 0;
    return is_complete ? v->exit_status : LC_EXIT_TROUBLE;
}

static int report(struct arguments *a)
{
    struct lc_logs logs = {0};
    struct lc_verdict verdict = {0};
    bool is_complete = read_logs(a, &logs), is_made = true;
    if (a->settings.is_at_end && logs.count)
        take_options(a, &logs);
    else if (a->has_memory_map && logs.count > 1 && !lc_logs_command(logs.at, logs.count))
        lc_complain("--memory-map needs one log, or those of one run: a map belongs to one process");
    a->settings.is_complete = is_complete;
    if (logs.count)
        is_made = lc_report_make(&a->settings, &logs, &verdict);
    lc_logs_free(&logs);
    return status_of(a, &verdict, is_made && (is_complete || a->settings.is_at_end));
}

static void refuse_output(const char *output)
{
    lc_complain("--output takes FORMAT:FILE with %%p, %%n, %%q{VARIABLE} or %%%% in it, not '%s'", output);
    exit(LC_EXIT_TROUBLE);
}

int main(int argc, char **argv)
{
    struct arguments a = {0};
    lc_options_init(&a.settings.options);
    a.watch.now.timeout_s = a.watch.interval_s = 10;
    parser.options = all_options();
    argp_program_version = "leakcheck-report " LC_VERSION;
    argp_err_exit_status = LC_EXIT_TROUBLE;
    argp_parse(&parser, argc, argv, 0, NULL, &a);
    a.settings.is_complete = true;
    lc_outputs_resolve(a.settings.options.output, environ, refuse_output);
    a.watch.process = a.process;
    if (a.is_diff)
        return a.process ? lc_watch_diff(&a.watch, a.log_count ? a.logs[0] : NULL, &a.settings) : lc_diff(a.logs[0], a.logs[1], &a.settings);
    if (a.is_watching)
        return lc_watch(&a.watch, &a.settings);
    if (a.is_growth)
        return lc_growth(a.logs, a.log_count, &a.settings);
    if (a.map.parts)
        return lc_map(a.logs, a.log_count, &a.map, &a.settings);
    if (a.history)
        return lc_history(a.history, a.logs, a.log_count, &a.settings);
    return a.probed ? probe(&a) : report(&a);
}
