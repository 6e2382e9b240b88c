/* Leaks and errors as one list, for formats that show them one by one. */
#ifndef LC_TOOLS_FORMATS_FINDING_H
#define LC_TOOLS_FORMATS_FINDING_H

#include "formats/format.h"

/* What a finding is to those who look at it: it makes the run fail, for sure or perhaps a leak; or not. */
enum lc_level { LC_LEVEL_NOTE, LC_LEVEL_WARNING, LC_LEVEL_ERROR, LC_LEVEL_COUNT };

/* A kind of finding, as tools have rules. */
struct lc_rule {
    const char *id;          /* "definitely-lost" */
    const char *title;       /* "Memory definitely lost" */
    const char *description; /* one sentence */
    const char *help;        /* what to do */
    const char *precision;   /* by SARIF's words */
    enum lc_level level;     /* of a finding that fails */
};

/* All of them; of leaks by enum lc_leak_kind, then of errors by enum lc_error_kind. */
enum { LC_RULE_ERRORS = LC_LEAK_KIND_COUNT, LC_RULE_COUNT = LC_RULE_ERRORS + LC_ERROR_INVALID_FREE + 1 };
extern const struct lc_rule lc_rules[LC_RULE_COUNT];

struct lc_finding {
    const struct lc_leak *leak;   /* NULL: it is an error, */
    const struct lc_error *error; /* or else this is NULL */
    const struct lc_site *site;
    const struct lc_judgement *judgement;
    const struct lc_rule *rule;
    enum lc_level level;
    size_t number;    /* of a leak, its place in valgrind's order, from 1 */
    unsigned ordinal; /* the first of its fingerprint has 1 */
};

/* Those that the text shows with a stack: errors, then leaks, own and big ones first. Sorts r->findings->leaks. In memory
 * of malloc. */
struct lc_finding *lc_findings_shown(const struct lc_report *r, size_t *count);

#endif
