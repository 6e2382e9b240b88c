/* Made and run at build time: the options of leakcheck, or of leakcheck-report, as a man page (scdoc), README or a shell's
 * completion has them, in the place of the line @OPTIONS MODE PROGRAM@ of a template; and the comment that a header begins
 * with, in that of @GRAMMAR@. */
#include "base/options.h"
#include "wrapper_options.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct option {
    const char *name; /* without dashes; "o" is a short one */
    const char *argument; /* NULL: none */
    const char *help;
    const char *value; /* by default; NULL: not told */
};

/* What an argument may be, by the words of options.def: "auto|no|DIR". */
struct values {
    char words[1024]; /* separated by blanks */
    bool is_file, is_folder, is_list; /* is_list: comma-separated */
};

static const struct {
    const char *name, *argument, *help;
} rows[] = {
#define LC_OPTION(name, field, type, default, argument, help) {name, argument, help},
#include "base/options.def"
};

static const char *const shared[] = {
#define LC_REPORT(name, field) name,
#include "base/options.def"
};

static const struct option aliases[] = {
#define LC_ALIAS(word, option, value) {word + 1, sizeof value > 1 ? NULL : "FILE", "--" option "=" value, NULL},
#include "base/options.def"
};

static const struct option of_report[] = {
#define LC_OWN(name, key, argument, flags, help, group) {name, argument, help, NULL},
#include "report_options.def"
};

static bool is_shared(const char *name)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(shared); i++)
        if (strcmp(shared[i], name) == 0)
            return true;
    return false;
}

/* Those that the wrapper sets are not for people. */
static bool is_internal(const char *help)
{
    return strncmp(help, "set by the wrapper", strlen("set by the wrapper")) == 0;
}

static struct values values_of(const char *name, const char *argument)
{
    static const char kinds[] = "all none definite indirect possible reachable";
    static const char heuristics[] = "all none stdstring length64 newarray multipleinheritance";
    struct values v = {.words = ""};
    for (const char *token = argument; token && *token;) {
        size_t len = strcspn(token, "|"), used = strlen(v.words);
        bool is_word = len && islower((unsigned char)token[0]) && !memchr(token, '.', len);
        if (is_word)
            snprintf(v.words + used, sizeof v.words - used, "%s%.*s", used ? " " : "", (int)len, token);
        v.is_file |= strncmp(token, "FILE", len) == 0 || strncmp(token, "PATH", len) == 0 || strncmp(token, "DB", len) == 0;
        v.is_folder |= strncmp(token, "DIR", len) == 0;
        if ((strncmp(token, "KIND,..", len) == 0 && strcmp(name, "kind") != 0) || strncmp(token, "NAME,..", len) == 0) {
            v.is_list = true;
            strcpy(v.words, *token == 'K' ? kinds : heuristics);
        }
        token += len + (token[len] == '|');
    }
    return v;
}

static const char *format_argument(void)
{
    size_t i = 0;
    while (strcmp(rows[i].name, "format") != 0)
        i++;
    return rows[i].argument;
}

/* Without what `special` has, which is behind `escape`. */
static void put(const char *text, const char *special, char escape)
{
    for (; *text; text++) {
        if (strchr(special, *text))
            putchar(escape);
        putchar(*text);
    }
}

static void put_man(const struct option *o)
{
    static const char special[] = "_*\\#`<>[]";
    const char *dashes = o->name[1] ? "--" : "-";
    bool is_alias = *o->name == '-';
    printf("*%s", is_alias ? "-" : dashes);
    put(o->name, special, '\\');
    printf("*");
    if (o->argument) {
        printf("%s_", o->name[1] ? "=" : " ");
        put(o->argument, special, '\\');
        printf("_");
    }
    printf("\n\t%s", *o->help == '-' ? "the same as " : "");
    put(o->help, special, '\\');
    if (o->value && *o->value) {
        printf(" \\[");
        put(o->value, special, '\\');
        printf("\\]");
    }
    printf("\n\n");
}

/* A row of a table. */
static void put_markdown(const struct option *o)
{
    if (*o->name == '-')
        return;
    printf("| `%s%s", o->name[1] ? "--" : "-", o->name);
    if (o->argument) {
        putchar(o->name[1] ? '=' : ' ');
        put(o->argument, "|", '\\');
    }
    printf("` | %s", *o->help == '-' ? "the same as " : "");
    put(o->help, "|<>*_", '\\');
    printf(o->value && *o->value ? " [%s] |\n" : " |\n", o->value);
}

/* The name as it stands on the command line. */
static void put_word(const struct option *o)
{
    printf("%s%s", *o->name == '-' ? "-" : o->name[1] ? "--" : "-", o->name);
    if (o->argument && o->name[1] && *o->name != '-')
        putchar('=');
}

/* Two branches of case: the word itself, and its values. */
static void put_bash(const struct option *o)
{
    struct values v = values_of(o->name, o->argument);
    if (strcmp(o->name, "output") == 0)
        v = values_of("format", format_argument());
    printf("        ");
    put_word(o);
    printf("*) words='%s' is_file=%s is_folder=%s is_list=%s ;;\n", v.words, v.is_file || strcmp(o->name, "output") == 0 ? "1" : "",
           v.is_folder ? "1" : "", v.is_list ? "1" : "");
}

static void put_bash_name(const struct option *o)
{
    printf("        ");
    put_word(o);
    printf("\n");
}

static void put_zsh(const struct option *o)
{
    struct values v = values_of(o->name, o->argument);
    printf("    '*");
    put_word(o);
    if (o->argument && o->name[1])
        printf("-");
    printf("[");
    for (const char *p = o->help; *p; p++)
        printf(*p == '\'' ? "'\\''" : strchr("[]:\\", *p) ? "\\%c" : "%c", *p);
    printf("]");
    if (o->argument) {
        printf(":");
        put(o->argument, ":[]\\", '\\');
        if (strcmp(o->name, "output") == 0)
            printf(": ");
        else if (v.is_list)
            printf(":_values -s , value %s", v.words);
        else if (*v.words)
            printf(v.is_file || v.is_folder ? ":_alternative \"words\\:word\\:(%s)\" \"files\\:file\\:_files%s\"" : ":(%s)", v.words,
                   v.is_folder ? " -/" : "");
        else
            printf("%s", v.is_file ? ":_files" : v.is_folder ? ":_files -/" : ": ");
    }
    printf("' \\\n");
}

static void put_fish(const struct option *o, const char *program)
{
    struct values v = values_of(o->name, o->argument);
    bool is_wrapper = strcmp(program, "leakcheck") == 0;
    if (*o->name == '-') /* "--show-reachable=yes" is in no form that fish knows */
        return;
    printf("complete -c %s%s -%c %s", program, is_wrapper ? " -n __leakcheck_has_no_command" : "", o->name[1] ? 'l' : 's', o->name);
    if (o->argument)
        printf(v.is_file || v.is_folder ? " -r -F" : " -x");
    if (*v.words)
        printf(" -a '%s'", v.words);
    printf(" -d '");
    put(o->help, "'\\", '\\');
    printf("'\n");
}

static void put_option(const char *mode, const char *program, const struct option *o)
{
    if (strcmp(mode, "man") == 0)
        put_man(o);
    else if (strcmp(mode, "markdown") == 0)
        put_markdown(o);
    else if (strcmp(mode, "bash-names") == 0)
        put_bash_name(o);
    else if (strcmp(mode, "bash") == 0)
        put_bash(o);
    else if (strcmp(mode, "zsh") == 0)
        put_zsh(o);
    else
        put_fish(o, program);
}

static void put_all(const char *mode, const char *program)
{
    bool is_report = strcmp(program, "leakcheck-report") == 0;
    struct lc_options defaults;
    lc_options_init(&defaults);
    defaults.error_exitcode = is_report ? 0 : (unsigned)atoi(LC_WRAPPER_EXITCODE);
    for (size_t i = 0; i < LC_ARRAY_LEN(rows); i++) {
        char item[LC_OPTION_TEXT_MAX] = "";
        if (is_internal(rows[i].help) || (is_report && !is_shared(rows[i].name)))
            continue;
        bool is_list = strcmp(rows[i].name, "output") == 0 || strcmp(rows[i].name, "suppressions") == 0;
        if (!is_list)
            lc_options_format(&defaults, rows[i].name, item, sizeof item);
        const char *value = strchr(item, '=');
        put_option(mode, program, &(struct option){rows[i].name, rows[i].argument, rows[i].help, value ? value + 1 : NULL});
    }
    for (size_t i = 0; is_report && i < LC_ARRAY_LEN(of_report); i++)
        put_option(mode, program, &of_report[i]);
    for (size_t i = 0; !is_report && i < LC_ARRAY_LEN(aliases); i++)
        put_option(mode, program, &aliases[i]);
}

/* The first comment of a header, without its stars. */
static void put_comment(const char *header)
{
    FILE *file = fopen(header, "r");
    char line[4096];
    while (file && fgets(line, sizeof line, file)) {
        const char *text = line + 1 + strspn(line + 1, "*");
        bool is_last = strstr(line, "*/");
        if (!is_last)
            fputs(*text == ' ' ? text + 1 : text, stdout);
        if (is_last)
            break;
    }
    if (file)
        fclose(file);
}

int main(int argc, char **argv)
{
    FILE *file = argc == 4 ? fopen(argv[2], "r") : NULL;
    char line[4096], program[32], mode[32];
    if (!file)
        return fprintf(stderr, "usage: option_lists VERSION TEMPLATE HEADER\n"), 2;
    while (fgets(line, sizeof line, file)) {
        char *version = strstr(line, "@VERSION@");
        if (sscanf(line, "@OPTIONS %31s %31[^@ \n]@", mode, program) == 2)
            put_all(mode, program);
        else if (strcmp(line, "@GRAMMAR@\n") == 0)
            put_comment(argv[3]);
        else if (version)
            printf("%.*s%s%s", (int)(version - line), line, argv[1], version + strlen("@VERSION@"));
        else
            fputs(line, stdout);
    }
    return fclose(file) == 0 && fflush(stdout) == 0 ? 0 : 1;
}
