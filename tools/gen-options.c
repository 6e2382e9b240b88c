/* gen-options TEMPLATE OUTPUT [@NAME@ VALUE]...: writes the wrapper script from its template and options.def.
 *
 * A line of the template that is nothing but @HELP@, @ALIASES@ or @IGNORED@ becomes the lines made here; any
 * other @NAME@ becomes its VALUE from the command line. Where NAME is an option's, VALUE is also the default
 * that --help shows: the wrapper's, not the library's. The output is executable. Runs at build time only. */
#include "base/options.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum type { TYPE_bool, TYPE_uint, TYPE_choice, TYPE_string, TYPE_kinds, TYPE_heuristics };

struct row {
    const char *name, *argument, *help;
    enum type type;
    const char *text; /* the default of a string */
    unsigned number;  /* the default of anything else */
};

#define DEFAULT_bool(value) .number = (value)
#define DEFAULT_uint(value) .number = (value)
#define DEFAULT_choice(value) .number = (value)
#define DEFAULT_kinds(value) .number = (value)
#define DEFAULT_heuristics(value) .number = (value)
#define DEFAULT_string(value) .text = (value)

static const struct row rows[] = {
#define LC_OPTION(name, field, type, default, argument, help)                                            \
    {name, argument, help, TYPE_##type, DEFAULT_##type(default)},
#include "base/options.def"
};

struct choice {
    const char *word;
    size_t row;
    unsigned value;
};

/* The rows by their fields' names, so that a choice finds its option. */
enum row_of {
#define LC_OPTION(name, field, type, default, argument, help) ROW_##field,
#include "base/options.def"
};

static const struct choice choices[] = {
#define LC_CHOICE(field, word, value) {word, ROW_##field, value},
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
#define LC_IGNORED(name) name,
#include "base/options.def"
};

static char *const *values; /* from the command line: @NAME@, VALUE, ..., NULL */

static const struct row *row_named(const char *name)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(rows); i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    errx(1, "options.def: an alias of '%s', which is no option", name);
}

static const char *default_word(const struct row *r, char buf[64])
{
    snprintf(buf, 64, "@%s@", r->name);
    for (char *const *v = values; *v; v += 2)
        if (strcmp(v[0], buf) == 0)
            return v[1];
    switch (r->type) {
    case TYPE_bool:
        return r->number ? "yes" : "no";
    case TYPE_string:
        return r->text;
    case TYPE_kinds:
    case TYPE_heuristics:
        if (r->number == LC_KINDS_ALL)
            return "all";
        if (r->type == TYPE_kinds && r->number == LC_KINDS_DEFAULT)
            return "definite,possible";
        break;
    case TYPE_uint:
        snprintf(buf, 64, "%u", r->number);
        return buf;
    case TYPE_choice:
        for (size_t i = 0; i < LC_ARRAY_LEN(choices); i++)
            if (&rows[choices[i].row] == r && choices[i].value == r->number)
                return choices[i].word;
    }
    errx(1, "options.def: '%s' has a default without a word", r->name);
}

enum { HELP_COLUMN = 35, HELP_WIDTH = 90 };

/* Words of `text` from `column` on, in lines of HELP_WIDTH that go on at `indent`. The column then. */
static int print_wrapped(FILE *out, int column, int indent, const char *text)
{
    while (*text) {
        int len = (int)strcspn(text, " ");
        if (column + 1 + len > HELP_WIDTH)
            column = fprintf(out, "\n%*s", indent, "") - 1;
        column += fprintf(out, " %.*s", len, text);
        text += len + (text[len] == ' ');
    }
    return column;
}

static void print_row(FILE *out, const struct row *r)
{
    char buf[64], note[80];
    const char *word = default_word(r, buf);
    int column = fprintf(out, "  --%s=%s", r->name, r->argument);
    if (column >= HELP_COLUMN - 1)
        column = fprintf(out, "\n") - 1;
    column += fprintf(out, "%*s", HELP_COLUMN - 1 - column, "");
    column = print_wrapped(out, column, HELP_COLUMN, r->help);
    if (*word) {
        snprintf(note, sizeof note, "[%s]", word);
        print_wrapped(out, column, HELP_COLUMN, note);
    }
    fprintf(out, "\n");
}

static void print_help(FILE *out)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(rows); i++)
        print_row(out, &rows[i]);
    for (size_t i = 0; i < LC_ARRAY_LEN(aliases); i++) {
        const struct alias *a = &aliases[i];
        const char *argument = *a->value ? "" : row_named(a->option)->argument;
        int column = fprintf(out, "  %s%s%s", a->word, *argument ? " " : "", argument);
        fprintf(out, "%*s --%s=%s\n", HELP_COLUMN - column, "", a->option, *a->value ? a->value : argument);
    }
    fprintf(out, "  Accepted for valgrind's sake, without effect:\n");
    int column = fprintf(out, "   ");
    for (size_t i = 0; i < LC_ARRAY_LEN(ignored); i++) {
        char name[64];
        snprintf(name, sizeof name, "--%s", ignored[i]);
        column = print_wrapped(out, column, 3, name);
    }
    fprintf(out, "\n");
}

/* Arms of the wrapper's case: the aliases, and a switch by its bare name. */
static void print_aliases(FILE *out)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(aliases); i++) {
        const struct alias *a = &aliases[i];
        if (*a->value)
            fprintf(out, "    %s) add '%s=%s' ;;\n", a->word, a->option, a->value);
        else
            fprintf(out,
                    "    %s)\n"
                    "        [ $# -gt 1 ] || fail 2 '%s takes %s'\n"
                    "        add \"%s=$2\"\n"
                    "        shift\n"
                    "        ;;\n",
                    a->word, a->word, row_named(a->option)->argument, a->option);
    }
    for (size_t i = 0; i < LC_ARRAY_LEN(rows); i++)
        if (rows[i].type == TYPE_bool)
            fprintf(out, "    --%s) add '%s=yes' ;;\n", rows[i].name, rows[i].name);
}

static void print_ignored(FILE *out)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(ignored); i++)
        fprintf(out, "    --%s | --%s=*) lc_ignored=\"$lc_ignored ${1%%%%=*}\" ;;\n", ignored[i], ignored[i]);
}

static const struct section {
    const char *name;
    void (*print)(FILE *out);
} sections[] = {{"@HELP@\n", print_help}, {"@ALIASES@\n", print_aliases}, {"@IGNORED@\n", print_ignored}};

static const struct section *section_of(const char *line)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(sections); i++)
        if (strcmp(sections[i].name, line) == 0)
            return &sections[i];
    return NULL;
}

/* `line` with each of the values put in for its name. */
static void print_line(FILE *out, const char *line)
{
    while (*line) {
        char *const *v = values;
        while (*v && strncmp(line, v[0], strlen(v[0])) != 0)
            v += 2;
        if (*v) {
            fputs(v[1], out);
            line += strlen(v[0]);
        } else {
            fputc(*line++, out);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3 || argc % 2 == 0)
        errx(2, "usage: gen-options TEMPLATE OUTPUT [@NAME@ VALUE]...");
    values = argv + 3;
    FILE *in = fopen(argv[1], "r");
    if (!in)
        err(1, "%s", argv[1]);
    FILE *out = fopen(argv[2], "w");
    if (!out)
        err(1, "%s", argv[2]);
    char line[1024];
    while (fgets(line, sizeof line, in)) {
        const struct section *s = section_of(line);
        if (s)
            s->print(out);
        else
            print_line(out, line);
    }
    if (ferror(in) || fchmod(fileno(out), 0755) != 0 || fclose(out) != 0)
        err(1, "%s", argv[2]);
    fclose(in);
    return 0;
}
