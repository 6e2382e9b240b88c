#include "report/suppress.h"

#include <string.h>

#define INLINED_MAX 32 /* functions looked at for one frame */

static size_t plain_length(const char *pattern, size_t len)
{
    size_t n = 0;
    while (n < len && pattern[n] != '*' && pattern[n] != '$')
        n++;
    return n;
}

bool lc_suppress_matches(const char *pattern, size_t len, const char *text)
{
    const char *end = pattern + len;
    if (!*text)
        return false;
    bool is_at_start = pattern < end && *pattern == '^', is_anywhere = false;
    pattern += is_at_start;
    while (pattern < end) {
        if (*pattern == '$')
            return !*text || is_anywhere;
        if (*pattern == '*') {
            is_anywhere = true;
            is_at_start = false;
            pattern++;
            continue;
        }
        size_t part = plain_length(pattern, (size_t)(end - pattern));
        const char *found = memmem(text, strlen(text), pattern, part);
        if (!found || (is_at_start && found != text))
            return false;
        text = found + part;
        pattern += part;
        is_at_start = is_anywhere = false;
    }
    return true;
}

/* The pattern of the next `leak:` line from `*rules` on, or NULL. */
static const char *next_pattern(const char **rules, size_t *len)
{
    static const char type[] = "leak:";
    while (**rules) {
        const char *line = *rules + strspn(*rules, " \t\r");
        const char *end = strchrnul(line, '\n');
        *rules = *end ? end + 1 : end;
        if (strncmp(line, type, strlen(type)) != 0)
            continue;
        line += strlen(type);
        while (end > line && strchr(" \t\r", end[-1]))
            end--;
        *len = (size_t)(end - line);
        if (*len)
            return line;
    }
    return NULL;
}

static bool is_named(const char *rules, const char *text)
{
    size_t len;
    for (const char *pattern; text && (pattern = next_pattern(&rules, &len));)
        if (lc_suppress_matches(pattern, len, text))
            return true;
    return false;
}

static bool is_frame_named(struct lc_findings *f, uint32_t index, const char *rules, struct lc_namer *namer)
{
    const struct lc_frame *frame = &f->frames[index];
    struct lc_location at[INLINED_MAX];
    if (frame->module != LC_NONE && is_named(rules, f->modules[frame->module].path))
        return true;
    unsigned count = namer ? namer->locate(namer, f, index, at, INLINED_MAX) : 0;
    for (unsigned i = 0; i < count; i++)
        if (is_named(rules, at[i].function) || is_named(rules, at[i].file))
            return true;
    return false;
}

void lc_suppress(struct lc_findings *f, const char *rules, struct lc_namer *namer)
{
    size_t len;
    const char *rest = rules;
    if (!next_pattern(&rest, &len))
        return;
    for (size_t i = 0; i < f->leak_count; i++) {
        struct lc_leak *l = &f->leaks[i];
        bool is_suppressed = is_named(rules, l->site.function);
        for (uint32_t at = l->site.stack; at != LC_NONE && !is_suppressed; at = f->frames[at].outer)
            is_suppressed = is_frame_named(f, at, rules, namer);
        if (is_suppressed)
            l->kind = LC_LEAK_SUPPRESSED;
    }
}
