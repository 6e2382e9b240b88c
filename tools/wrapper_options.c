#include "wrapper_options.h"

#include "mem.h"
#include "project_options.h"
#include "report/outputs.h"
#include "report/suppressions.h"
#include "valgrind_words.h"
#include "wrapper_help.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "LEAKCHECK_OPTIONS"

static const struct alias {
    const char *word, *option, *value;
} aliases[] = {
#define LC_ALIAS(word, option, value) {word, option, value},
#include "base/options.def"
};

static const char *const ignored[] = {
#define LC_IGNORED(name) "--" name,
#include "base/options.def"
};

/* `text` so that LEAKCHECK_OPTIONS takes it for one item. */
static char *escape(const char *text)
{
    char *escaped = lc_mem_alloc(2 * strlen(text) + 1, 1), *to = escaped;
    for (; *text; text++) {
        if (*text == ':' || *text == '\\')
            *to++ = '\\';
        *to++ = *text;
    }
    return escaped;
}

/* "name=value", or a switch by its bare name: set in `options`, and one item more of `*list`. False, with a reason. */
static bool take(struct lc_options *options, char **list, const char *text, char *why, size_t why_size)
{
    if (lc_options_set(options, text, strlen(text), why, why_size) < 0)
        return false;
    char *item = escape(text), *before = *list;
    *list = lc_mem_format("%s:%s", before, item);
    free(before);
    free(item);
    return true;
}

/* Of the command line. */
static bool add(void *options, const char *text)
{
    struct lc_wrapper_options *o = options;
    char why[2048];
    if (take(&o->given, &o->text, text, why, sizeof why))
        return true;
    fprintf(stderr, "leakcheck: %s\n", why);
    return false;
}

static const struct alias *find_alias(const char *word)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(aliases); i++)
        if (strcmp(aliases[i].word, word) == 0)
            return &aliases[i];
    return NULL;
}

/* One that takes its argument from the next word moves `*word` there. */
static bool add_alias(struct lc_wrapper_options *o, const struct alias *a, char ***word)
{
    const char *value = *a->value ? a->value : (*word)[1];
    if (!value) {
        fprintf(stderr, "leakcheck: %s takes an argument; see leakcheck --help\n", a->word);
        return false;
    }
    *word += !*a->value;
    char *text = lc_mem_format("%s=%s", a->option, value);
    bool is_good = add(o, text);
    free(text);
    return is_good;
}

static bool is_ignored(const char *word)
{
    size_t len = strcspn(word, "=");
    for (size_t i = 0; i < LC_ARRAY_LEN(ignored); i++)
        if (strlen(ignored[i]) == len && strncmp(ignored[i], word, len) == 0)
            return true;
    return false;
}

/* Said in one line, whatever their number. */
static void note_ignored(const char *word, bool *is_first)
{
    fprintf(stderr, "%s %.*s", *is_first ? "leakcheck: without effect here:" : "", (int)strcspn(word, "="), word);
    *is_first = false;
}

static void start(struct lc_wrapper_options *o)
{
    static const char exitcode[] = "error-exitcode=" LC_WRAPPER_EXITCODE;
    char why[64];
    lc_options_init(&o->given);
    o->current = o->given;
    lc_options_set(&o->current, exitcode, strlen(exitcode), why, sizeof why);
    o->text = lc_mem_alloc(1, 1);
    o->project = lc_mem_alloc(1, 1);
}

/* The options before the command; `*word` is left there. */
static enum lc_wrapper_answer read_words(struct lc_wrapper_options *o, char ***word, bool *has_no_ignored)
{
    struct lc_valgrind_words valgrind = {0};
    bool is_good = true;
    for (++*word; **word && (**word)[0] == '-' && (**word)[1]; ++*word) {
        const char *text = **word;
        const struct alias *alias = find_alias(text);
        if (strcmp(text, "--") == 0) {
            ++*word;
            break;
        }
        if (strcmp(text, "-h") == 0 || strcmp(text, "--help") == 0) {
            lc_wrapper_help(&o->current);
            return LC_WRAPPER_DONE;
        }
        if (strcmp(text, "--version") == 0) {
            printf("leakcheck " LC_VERSION "\n");
            return LC_WRAPPER_DONE;
        }
        if (lc_valgrind_word(&valgrind, text, add, o, &is_good)) {
            if (!is_good)
                return LC_WRAPPER_WRONG;
        } else if (is_ignored(text))
            note_ignored(text, has_no_ignored);
        else if (!alias && strncmp(text, "--", 2) != 0)
            return fprintf(stderr, "leakcheck: unknown option '%s'; see leakcheck --help\n", text), LC_WRAPPER_WRONG;
        else if (!(alias ? add_alias(o, alias, word) : add(o, text + 2)))
            return LC_WRAPPER_WRONG;
    }
    return lc_valgrind_words_end(&valgrind, add, o) ? LC_WRAPPER_RUN : LC_WRAPPER_WRONG;
}

/* In a job of GitHub's, which reads its output: annotations beside the report, and the step's summary; before what the project
 * says. */
static void take_github(struct lc_wrapper_options *o)
{
    const char *is_there = getenv("GITHUB_ACTIONS"), *summary = getenv("GITHUB_STEP_SUMMARY");
    char why[64];
    if (!is_there || strcmp(is_there, "true") != 0)
        return;
    take(&o->current, &o->project, "output=github:/dev/stderr", why, sizeof why);
    char *text = lc_mem_format("step-summary=%s", summary ? summary : "");
    take(&o->current, &o->project, text, why, sizeof why);
    free(text);
}

/* Of the project: before the environment's. */
static bool take_project_option(void *context, const char *text, char *why, unsigned long why_size)
{
    struct lc_wrapper_options *o = context;
    return take(&o->current, &o->project, text, why, why_size);
}

static void ignore_complaint(const char *why)
{
    (void)why; /* the library says it */
}

static void complain_suppression(const char *text)
{
    fprintf(stderr, "leakcheck: %s\n", text);
}

static bool has_wrong_output;

static void complain_output(const char *output)
{
    fprintf(stderr, "leakcheck: option 'output' takes FORMAT:FILE with %%p, %%n, %%q{VARIABLE} or %%%% in it, not '%s'\n", output);
    has_wrong_output = true;
}

/* What would only be told at the end, when the program has run in vain. */
static bool check_files(const struct lc_options *o)
{
    struct lc_suppressions s = {.complain = complain_suppression};
    bool is_good = true;
    lc_suppressions_read(&s, o->suppressions, "");
    lc_option_list output;
    has_wrong_output = false;
    lc_outputs_resolve(strcpy(output, o->output), environ, complain_output);
    if (*o->baseline && !*o->write_baseline && access(o->baseline, R_OK) != 0) {
        fprintf(stderr, "leakcheck: %s: %s\n", o->baseline, strerror(errno));
        is_good = false;
    }
    return is_good && s.wrong == 0 && !has_wrong_output;
}

enum lc_wrapper_answer lc_wrapper_options_read(struct lc_wrapper_options *to, char **argv)
{
    bool has_no_ignored = true;
    start(to);
    enum lc_wrapper_answer answer = read_words(to, &argv, &has_no_ignored);
    if (!has_no_ignored)
        fputc('\n', stderr);
    if (answer == LC_WRAPPER_RUN && !*argv)
        return fprintf(stderr, "leakcheck: no command; %s\n", lc_wrapper_usage), LC_WRAPPER_WRONG;
    if (answer == LC_WRAPPER_RUN)
        take_github(to);
    if (answer == LC_WRAPPER_RUN && !lc_project_options_read(take_project_option, to))
        return LC_WRAPPER_WRONG;
    const char *environment = getenv(VARIABLE);
    lc_options_parse(&to->current, environment ? environment : "", ignore_complaint);
    lc_options_parse(&to->current, to->text, ignore_complaint);
    to->command = argv;
    if (answer == LC_WRAPPER_RUN && !check_files(&to->current))
        return LC_WRAPPER_WRONG;
    return answer;
}

/* Later ones win: what holds unless somebody says otherwise, what the project and the user's environment say, the
 * command line. */
void lc_wrapper_options_export(const struct lc_wrapper_options *o, const char *report, const char *run_log)
{
    const char *environment = getenv(VARIABLE);
    bool has_environment = environment && *environment;
    char *tool = escape(report), *log = escape(run_log);
    char *value = lc_mem_format("error-exitcode=" LC_WRAPPER_EXITCODE ":symbolizer=%s%s%s%s%s:main-pid=%d:run-log=%s", tool, o->project,
                                has_environment ? ":" : "", has_environment ? environment : "", o->text, getpid(), log);
    setenv(VARIABLE, value, 1);
    free(value);
    free(tool);
    free(log);
}
