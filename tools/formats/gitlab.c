/* GitLab's code quality: an array of what it shows beside the lines of a merge request. */
#include "formats/finding.h"
#include "formats/json_text.h"
#include "formats/stack.h"

#include <stdlib.h>

#define DESCRIPTION_SIZE 1024

/* It takes paths in the repository only; what has none is of the executable. Of equal fingerprints it keeps one. */
static json_t *json_issue(const struct lc_report *r, const struct lc_finding *f)
{
    static const char *const severities[LC_LEVEL_COUNT] = {"info", "minor", "major"};
    char description[DESCRIPTION_SIZE];
    struct lc_stack s = lc_stack_of(r, f->site);
    const char *path = s.place ? s.place->at.path : r->findings->process.executable;
    json_t *fingerprint = f->ordinal == 1 ? json_string(f->judgement->fingerprint)
                                          : json_sprintf("%s.%u", f->judgement->fingerprint, f->ordinal);
    return json_pack("{sosssosss{sos{si}}}", "description",
                     lc_json_text(lc_markup_short(description, sizeof description, f->judgement->sentence)), "check_name", f->rule->id,
                     "fingerprint", fingerprint, "severity", severities[f->level], "location", "path", lc_json_text(path), "lines",
                     "begin", s.place ? (int)s.place->at.line : 1);
}

static bool print(const struct lc_report *r)
{
    size_t count;
    struct lc_finding *list = lc_findings_shown(r, &count);
    struct lc_json_list issues = lc_json_list_begin(r->out, NULL);
    for (size_t i = 0; i < count; i++)
        lc_json_list_put(&issues, json_issue(r, &list[i]));
    lc_json_list_end(&issues);
    lc_out_char(r->out, '\n');
    free(list);
    return true;
}

const struct lc_formatter lc_formatter_gitlab = {.print = print};
