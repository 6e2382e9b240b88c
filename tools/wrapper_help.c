#include "wrapper_help.h"

#include <stdio.h>
#include <string.h>

struct row {
    const char *name, *argument, *help;
};

static const struct row rows[] = {
#define LC_OPTION(name, field, type, default, argument, help) {name, argument, help},
#include "base/options.def"
};

struct alias {
    const char *word, *option, *value;
};

static const struct alias aliases[] = {
#define LC_ALIAS(word, option, value) {word, option, value},
#include "base/options.def"
};

static const char *const ignored[] = {
#define LC_IGNORED(name) "--" name,
#include "base/options.def"
};

enum { HELP_COLUMN = 35, HELP_WIDTH = 90 };

/* Words of `text` from `column` on, in lines of HELP_WIDTH that go on at `indent`. The column then. */
static int print_wrapped(int column, int indent, const char *text)
{
    while (*text) {
        int len = (int)strcspn(text, " ");
        if (column + 1 + len > HELP_WIDTH)
            column = printf("\n%*s", indent, "") - 1;
        column += printf(" %.*s", len, text);
        text += len + (text[len] == ' ');
    }
    return column;
}

static void print_row(const struct row *r, const struct lc_options *defaults)
{
    char item[LC_OPTION_STRING_MAX + 64], note[sizeof item];
    lc_options_format(defaults, r->name, item, sizeof item);
    const char *value = item + strlen(r->name) + 1;
    int column = printf("  --%s=%s", r->name, r->argument);
    if (column >= HELP_COLUMN - 1)
        column = printf("\n") - 1;
    column += printf("%*s", HELP_COLUMN - 1 - column, "");
    column = print_wrapped(column, HELP_COLUMN, r->help);
    if (*value) {
        snprintf(note, sizeof note, "[%s]", value);
        print_wrapped(column, HELP_COLUMN, note);
    }
    printf("\n");
}

static const char *argument_of(const char *option)
{
    const struct row *r = rows;
    while (strcmp(r->name, option) != 0)
        r++;
    return r->argument;
}

static void print_alias(const struct alias *a)
{
    const char *argument = *a->value ? "" : argument_of(a->option);
    int column = printf("  %s%s%s", a->word, *argument ? " " : "", argument);
    printf("%*s --%s=%s\n", HELP_COLUMN - column, "", a->option, *a->value ? a->value : argument);
}

const char lc_wrapper_usage[] = "Usage: leakcheck [OPTIONS] [--] COMMAND [ARGUMENTS...]";

void lc_wrapper_help(const struct lc_options *defaults)
{
    printf("%s\n"
           "Runs COMMAND and reports, when it ends, the memory that it has not freed, and its memory map.\n\n",
           lc_wrapper_usage);
    for (size_t i = 0; i < LC_ARRAY_LEN(rows); i++)
        print_row(&rows[i], defaults);
    for (size_t i = 0; i < LC_ARRAY_LEN(aliases); i++)
        print_alias(&aliases[i]);
    printf("  --log-fd=N                        --log-file=/dev/fd/N\n"
           "  --log-socket=HOST:PORT            --format=none --output=text:tcp:HOST:PORT\n"
           "  --xml=yes --xml-file=FILE         --format=none --output=xml:FILE; as well --xml-fd=N, --xml-socket=HOST:PORT\n"
           "  --xtree-leak=yes                  --output=callgrind:FILE, FILE of --xtree-leak-file= [xtleak.kcg.%%p]\n");
    printf("  Accepted for valgrind's sake, without effect:\n");
    int column = printf("   ");
    for (size_t i = 0; i < LC_ARRAY_LEN(ignored); i++)
        column = print_wrapped(column, 3, ignored[i]);
    printf("\n\n"
           "LEAKCHECK_OPTIONS holds options, too: name=value, colon-separated, '\\' before a ':' or '\\' in a value.\n"
           "So does .leakcheckrc in a project's folder, a line each. The command line wins, then LEAKCHECK_OPTIONS.\n\n"
           "Exit status: COMMAND's own; but %u (or --error-exitcode) when COMMAND succeeded and there were leaks\n"
           "or errors. 2: wrong use. 125: COMMAND can't be checked. 126: it can't be executed. 127: it is not there.\n",
           defaults->error_exitcode);
}
