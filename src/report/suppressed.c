#include "report/suppressed.h"

#include "base/arena.h"
#include "base/out.h"
#include "record/depot.h"
#include "report/module_list.h"
#include "report/names.h"

#include <errno.h>
#include <string.h>

/* Whether a mangled name has in it what "ns::function" is there: each identifier after its length (Itanium C++ ABI,
 * 5.1). Patterns of anything else than whole identifiers are left to leakcheck-report. */
static bool is_mangled_as(const char *pattern, const char *symbol)
{
    static const char of_identifiers[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    char text[256];
    struct lc_out out;
    lc_out_init(&out, -1, text, sizeof text - 1);
    for (size_t len; (len = strspn(pattern, of_identifiers)); pattern += strncmp(pattern, "::", 2) == 0 ? 2 : 0) {
        lc_out_fmt(&out, "%zu%.*s", len, (int)len, pattern);
        pattern += len;
    }
    text[out.len] = '\0';
    return !*pattern && out.len < out.cap && strncmp(symbol, "_Z", 2) == 0 && strstr(symbol, text);
}

static bool is_named(const struct lc_suppressions *rules, const char *text)
{
    for (size_t i = 0; text && i < rules->count; i++) {
        const char *pattern = rules->at[i].anywhere;
        if (pattern && (lc_suppressions_stands_in(pattern, strlen(pattern), text) || is_mangled_as(pattern, text)))
            return true;
    }
    return false;
}

static bool is_frame_named(const struct lc_suppressions *rules, const struct lc_findings *f, struct lc_namer *namer)
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

static bool has_patterns(const struct lc_suppressions *rules)
{
    for (size_t i = 0; rules && i < rules->count; i++)
        if (rules->at[i].anywhere)
            return true;
    return false;
}

int lc_suppressed_find(struct lc_suppressed *s, const struct lc_suppressions *rules)
{
    struct lc_frame frame;
    struct lc_findings f = {.frames = &frame, .frame_count = 1};
    *s = (struct lc_suppressed){.rules = rules, .count = lc_depot_count()};
    if (!has_patterns(rules))
        return 0;
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
