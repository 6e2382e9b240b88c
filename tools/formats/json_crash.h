/* A crash in JSON. */
#ifndef LC_TOOLS_FORMATS_JSON_CRASH_H
#define LC_TOOLS_FORMATS_JSON_CRASH_H

#include "formats/format.h"

#include <jansson.h>

/* Gives `object` the keys of the stack of `site`, a frame of `findings`. */
struct lc_json_stacks {
    const struct lc_report *report;
    const struct lc_findings *findings;
    void (*set)(const struct lc_json_stacks *s, json_t *object, const struct lc_site *site);
};

/* null when none is known. */
json_t *lc_json_crash(const struct lc_json_stacks *s, const struct lc_crash *c);

#endif
