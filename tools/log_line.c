#include "log_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lc_log_line_complain(struct lc_log_line *line, const char *fmt, ...)
{
    if (*line->wrong)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(line->wrong, sizeof line->wrong, fmt, args);
    va_end(args);
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* %XX to the byte, in place, from the first '%' on. A '%' that begins nothing stands for itself. */
static void decode(char *percent)
{
    char *to = percent;
    for (const char *from = percent; *from;) {
        int high = *from == '%' ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        if (low < 0) {
            *to++ = *from++;
            continue;
        }
        *to++ = (char)(high << 4 | low);
        from += 3;
    }
    *to = '\0';
}

/* Ends the word at `text` with a NUL: where the next one begins, or NULL. `*value` is what follows its first '=', or NULL;
 * `*percent` the first '%' in that, or NULL. */
static char *split_word(char *text, char **value, char **percent)
{
    *value = *percent = NULL;
    for (; *text && *text != ' '; text++) {
        if (*text == '=' && !*value) {
            *text = '\0';
            *value = text + 1;
        } else if (*text == '%' && *value && !*percent) {
            *percent = text;
        }
    }
    bool has_next = *text;
    *text = '\0';
    return has_next ? text + 1 : NULL;
}

void lc_log_line_split(struct lc_log_line *line, char *text)
{
    line->count = line->next = 0;
    line->wrong[0] = '\0';
    line->word = text;
    char *space = strchr(text, ' ');
    if (space)
        *space = '\0';
    for (char *rest = space ? space + 1 : NULL; rest && line->count < LC_LOG_FIELDS_MAX;) {
        char *key = rest, *value, *percent;
        rest = split_word(key, &value, &percent);
        if (!value)
            continue;
        if (percent)
            decode(percent);
        line->fields[line->count].key = key;
        line->fields[line->count++].value = value;
    }
}

/* Most keys differ in their first bytes. */
static inline bool is_key(const char *a, const char *b)
{
    return a[0] == b[0] && (a[0] == '\0' || (a[1] == b[1] && strcmp(a, b) == 0));
}

/* Fields are asked for mostly in the order in which they stand: the search begins behind the one that was found last. */
static const char *find(struct lc_log_line *line, const char *key)
{
    for (unsigned i = 0, at = line->next; i < line->count; i++, at++) {
        at = at < line->count ? at : 0;
        if (!is_key(line->fields[at].key, key))
            continue;
        line->next = at + 1;
        return line->fields[at].value;
    }
    return NULL;
}

bool lc_log_line_has(struct lc_log_line *line, const char *key)
{
    return find(line, key) != NULL;
}

const char *lc_log_line_string(struct lc_log_line *line, const char *key)
{
    const char *value = find(line, key);
    if (!value)
        lc_log_line_complain(line, "no %s=", key);
    return value ? value : "";
}

/* The whole of `s` as a number that fits: no sign, no blanks. */
static bool parse(const char *s, uint64_t *out)
{
    unsigned base = s[0] == '0' && s[1] == 'x' ? 16 : 10;
    s += base == 16 ? 2 : 0;
    bool has_digits = *s;
    for (*out = 0; *s; s++) {
        int digit = hex_digit(*s);
        if (digit < 0 || digit >= (int)base || __builtin_mul_overflow(*out, base, out) ||
            __builtin_add_overflow(*out, (uint64_t)digit, out))
            return false;
    }
    return has_digits;
}

uint64_t lc_log_line_number(struct lc_log_line *line, const char *key)
{
    uint64_t number = 0;
    const char *value = lc_log_line_string(line, key);
    if (parse(value, &number))
        return number;
    lc_log_line_complain(line, "%s= is no number", key);
    return 0;
}

uint32_t lc_log_line_id(struct lc_log_line *line, const char *key, size_t limit)
{
    uint64_t number = 0;
    const char *value = lc_log_line_string(line, key);
    if (strcmp(value, "-") == 0)
        return UINT32_MAX;
    if (parse(value, &number) && number < limit)
        return (uint32_t)number;
    lc_log_line_complain(line, "%s= names nothing that stands before it", key);
    return UINT32_MAX;
}
