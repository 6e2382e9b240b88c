#include "report/suppressed.h"

#include "base/arena.h"
#include "record/depot.h"
#include "report/module_list.h"
#include "report/names.h"
#include "report/suppressions.h"

#include <errno.h>
#include <string.h>

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
        if (lc_suppressions_stands_in(pattern, len, text))
            return true;
    return false;
}

static bool is_frame_named(const char *rules, const struct lc_findings *f, struct lc_namer *namer)
{
    struct lc_location at = {0};
    if (f->frames[0].module != LC_NONE && is_named(rules, f->modules[f->frames[0].module].path))
        return true;
    namer->locate(namer, f, 0, &at, 1);
    return is_named(rules, at.function);
}

/* Outer frames come first in the depot. */
static void name_stacks(struct lc_suppressed *s, struct lc_findings *f, struct lc_namer *namer)
{
    for (uint32_t i = 0; i < s->count; i++) {
        const struct lc_depot_frame *from = lc_depot_get(i);
        if (from->outer != LC_DEPOT_NONE && s->stacks[from->outer]) {
            s->stacks[i] = true;
            continue;
        }
        f->frames[0] = (struct lc_frame){.address = from->address & LC_DEPOT_ADDRESS,
                                         .outer = LC_NONE,
                                         .module = from->module == UINT32_MAX ? LC_NONE : from->module,
                                         .is_exact = from->address & LC_DEPOT_EXACT};
        s->stacks[i] = is_frame_named(s->rules, f, namer);
    }
}

int lc_suppressed_find(struct lc_suppressed *s, const char *rules)
{
    struct lc_frame frame;
    struct lc_findings f = {.frames = &frame, .frame_count = 1};
    *s = (struct lc_suppressed){.rules = rules, .count = lc_depot_count()};
    s->stacks = lc_pages_map(s->count + 1, "report");
    f.modules = lc_module_list_make(&f.module_count);
    struct lc_namer *namer = f.modules ? lc_names_open(&f) : NULL;
    bool is_complete = s->stacks && namer;
    if (is_complete)
        name_stacks(s, &f, namer);
    lc_names_close(namer);
    lc_module_list_release(f.modules, f.module_count);
    if (is_complete)
        return 0;
    lc_suppressed_release(s);
    return -ENOMEM;
}

void lc_suppressed_release(struct lc_suppressed *s)
{
    if (s->stacks)
        lc_pages_unmap(s->stacks, s->count + 1);
    *s = (struct lc_suppressed){0};
}

bool lc_suppressed_has(const void *suppressed, uint32_t stack, enum lc_function f)
{
    const struct lc_suppressed *s = suppressed;
    return (stack < s->count && s->stacks[stack]) || is_named(s->rules, lc_function_name(f));
}
