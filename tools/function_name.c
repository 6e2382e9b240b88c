#include "function_name.h"

#include <stdbool.h>
#include <string.h>

/* "operator" and what it is for: its signs are no brackets. The length of the signs. */
static size_t operator_signs(const char *name)
{
    static const char *const signs[] = {"()", "[]", "<<=", ">>=", "<=>", "<<", ">>", "<=", ">=", "->*", "->", "<", ">"};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (strncmp(name, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

static bool is_operator(const char *name, size_t at)
{
    static const char word[] = "operator";
    size_t len = sizeof word - 1;
    return at >= len && memcmp(name + at - len, word, len) == 0;
}

/* Of a bracket at `at`: behind the one that closes it, or the end. */
static size_t skip_brackets(const char *name, size_t at)
{
    unsigned depth = 0;
    for (; name[at]; at++) {
        if (strchr("(<[{", name[at]))
            depth++;
        else if (strchr(")>]}", name[at]) && !(name[at] == '>' && at && name[at - 1] == '-') && --depth == 0)
            return at + 1;
    }
    return at;
}

/* "(anonymous namespace)" and "{lambda(int)#1}" are components, not arguments; "<impl for X>" is one at its start. */
static bool is_component(const char *name, size_t at, size_t start)
{
    return at == start || name[at] == '{' || strncmp(name + at, "(anonymous", strlen("(anonymous")) == 0;
}

/* Where the last component begins and ends. */
static void find_last(const char *name, size_t *start, size_t *end)
{
    size_t at = 0;
    *start = *end = 0;
    while (name[at]) {
        if (is_operator(name, at) && operator_signs(name + at)) {
            *end = at += operator_signs(name + at);
        } else if (name[at] == ':' && name[at + 1] == ':') {
            *start = *end = at += 2;
        } else if (name[at] == ' ' && name[at + 1] == '<') {
            at++; /* arguments of "operator<< <char>" */
        } else if (name[at] == ' ' && !is_operator(name, at)) {
            if (name[at + 1] == '[' || strncmp(name + at, " const", 6) == 0 || *end < at)
                return; /* "[clone", "const", or what follows the arguments */
            *start = *end = ++at; /* a return type stood before it */
        } else if (strchr("(<[{", name[at])) {
            bool is_part = is_component(name, at, *start);
            bool is_call = name[at] == '(' && !is_part;
            at = skip_brackets(name, at);
            if (is_part)
                *end = at;
            if (is_call && name[at] != ':')
                return;
        } else {
            *end = ++at;
        }
    }
}

/* Suffixes of copies: ".isra.0", ".constprop.0.cold", ".llvm.123". */
static size_t plain_length(const char *name, size_t len)
{
    const char *dot = memchr(name, '.', len);
    return dot && dot > name ? (size_t)(dot - name) : len;
}

const char *lc_plain_function_name(const char *name, char *buf, size_t size)
{
    size_t start, end;
    find_last(name, &start, &end);
    size_t len = plain_length(name + start, end - start);
    if (len >= size)
        len = size - 1;
    memcpy(buf, name + start, len);
    buf[len] = '\0';
    return buf;
}
