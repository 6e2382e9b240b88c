/* Which leaks suppressions match. */
#include "report/doors.h"
#include "report/suppressions.h"

#include <string.h>

#define CALLS_MAX 1024  /* functions of a stack that are looked at */
#define INLINED_MAX 32 /* of one frame */

/* Where valgrind's own malloc lies: what suppressions for its allocation functions may name. */
#define VALGRIND_MALLOC "/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so"

/* A function of the stack of a leak, innermost first; NULL is not known. */
struct call {
    const char *function, *symbol, *object, *path;
    unsigned line;
};

struct stack {
    struct call at[CALLS_MAX];
    size_t count;
};

static size_t plain_length(const char *pattern, size_t len)
{
    size_t n = 0;
    while (n < len && pattern[n] != '*' && pattern[n] != '$')
        n++;
    return n;
}

bool lc_suppressions_stands_in(const char *pattern, size_t len, const char *text)
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

/* The whole of `text`, with * and ?: at a mismatch, the last * takes more, up to where what follows it may begin. */
static bool is_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;
    while (text && *text) {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern && (*pattern == '?' || *pattern == *text)) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star;
            resume = *star && *star != '?' ? strchr(resume + 1, *star) : resume + 1;
            text = resume;
        } else {
            return false;
        }
    }
    return text && pattern[strspn(pattern, "*")] == '\0';
}

/* Valgrind matches what stands in the debug information: a path, or its last component. */
static bool is_source(const struct lc_pattern *p, const struct call *c)
{
    const char *slash = c->path ? strrchr(c->path, '/') : NULL;
    return (p->line == 0 || p->line == c->line) && (is_glob(p->text, c->path) || (slash && is_glob(p->text, slash + 1)));
}

/* What valgrind calls what calls main. */
static bool is_below_main(const char *name)
{
    static const char *const names[] = {"__libc_start_call_main", "__libc_start_main", "_start"};
    for (size_t i = 0; name && i < LC_ARRAY_LEN(names); i++)
        if (strncmp(name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static bool is_call(const struct lc_pattern *p, const struct call *c, bool is_door)
{
    switch (p->kind) {
    case LC_PATTERN_FUNCTION:
        return is_glob(p->text, c->symbol) || (c->function != c->symbol && is_glob(p->text, c->function)) || (!c->function && is_glob(p->text, "???")) ||
               (is_below_main(c->function) && is_glob(p->text, "(below main)"));
    case LC_PATTERN_OBJECT:
        return is_glob(p->text, c->object ? c->object : "???") || (is_door && is_glob(p->text, VALGRIND_MALLOC));
    case LC_PATTERN_SOURCE:
        return is_source(p, c);
    case LC_PATTERN_ANY_FRAMES:
        break;
    }
    return false;
}

/* The patterns stand at the innermost calls; what is further out is free. */
static bool is_stack(const struct lc_suppression *s, const struct stack *stack)
{
    size_t p = 0, c = 0, star = SIZE_MAX, resume = 0;
    while (p < s->pattern_count) {
        if (s->patterns[p].kind == LC_PATTERN_ANY_FRAMES) {
            star = ++p;
            resume = c;
        } else if (c < stack->count && is_call(&s->patterns[p], &stack->at[c], c == 0)) {
            p++;
            c++;
        } else if (star != SIZE_MAX && resume < stack->count) {
            p = star;
            c = ++resume;
        } else {
            return false;
        }
    }
    return true;
}

static bool stands_in(const char *pattern, const char *text)
{
    return text && lc_suppressions_stands_in(pattern, strlen(pattern), text);
}

static bool is_anywhere(const char *pattern, const struct stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        const struct call *c = &stack->at[i];
        if ((i && stands_in(pattern, c->object)) || stands_in(pattern, c->function) || stands_in(pattern, c->symbol) ||
            stands_in(pattern, c->path))
            return true;
    }
    return false;
}

static void fill_stack(struct stack *stack, const struct lc_findings *f, const struct lc_site *site, struct lc_namer *namer)
{
    struct lc_location at[INLINED_MAX];
    stack->at[0] = (struct call){.function = site->function, .symbol = lc_door_symbol(site->function)};
    stack->count = 1;
    for (uint32_t i = site->stack; i != LC_NONE; i = f->frames[i].outer) {
        const struct lc_frame *frame = &f->frames[i];
        const char *object = frame->module == LC_NONE ? NULL : f->modules[frame->module].path;
        unsigned count = namer ? namer->locate(namer, f, i, at, INLINED_MAX) : 0;
        if (!count)
            at[count++] = (struct lc_location){0};
        for (unsigned k = 0; k < count && stack->count < CALLS_MAX; k++)
            stack->at[stack->count++] = (struct call){at[k].function, at[k].symbol, object,
                                                      at[k].source ? at[k].source : at[k].file, at[k].line};
    }
}

static void suppress(struct lc_suppressions *s, struct lc_leak *l, const struct stack *stack)
{
    for (size_t i = 0; i < s->count; i++) {
        struct lc_suppression *rule = &s->at[i];
        if (l->kind != LC_LEAK_SUPPRESSED && !(rule->kinds & lc_leak_kind_bits(l->kind))) /* the library may know of it */
            continue;
        if (rule->anywhere ? !is_anywhere(rule->anywhere, stack) : !is_stack(rule, stack))
            continue;
        l->kind = LC_LEAK_SUPPRESSED;
        rule->records++;
        rule->bytes += l->bytes;
        rule->blocks += l->blocks;
        return;
    }
}

void lc_suppressions_apply(struct lc_suppressions *s, struct lc_findings *f, struct lc_namer *namer)
{
    static struct stack stack; /* too large for the stack of the report */
    for (size_t i = 0; s->count && i < f->leak_count; i++) {
        fill_stack(&stack, f, &f->leaks[i].site, namer);
        suppress(s, &f->leaks[i], &stack);
    }
}
