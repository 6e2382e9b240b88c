/* The options of a run, from options.def. */
#ifndef LC_BASE_OPTIONS_H
#define LC_BASE_OPTIONS_H

#include "base/compiler.h"

enum lc_check { LC_CHECK_FULL, LC_CHECK_SUMMARY, LC_CHECK_NO };
enum lc_map { LC_MAP_FULL, LC_MAP_SUMMARY, LC_MAP_NO };
enum lc_format_kind {
    LC_FORMAT_TEXT,
    LC_FORMAT_MTRACE, /* the library itself knows these two; for others it needs leakcheck-report */
    LC_FORMAT_NONE,
    LC_FORMAT_JSON,
    LC_FORMAT_LSAN,
    LC_FORMAT_XML,
    LC_FORMAT_SARIF,
    LC_FORMAT_JUNIT,
    LC_FORMAT_GITHUB,
    LC_FORMAT_GITLAB,
    LC_FORMAT_MARKDOWN,
    LC_FORMAT_FOLDED,
    LC_FORMAT_PPROF,
    LC_FORMAT_CALLGRIND,
    LC_FORMAT_MASSIF,
    LC_FORMAT_DHAT,
    LC_FORMAT_HEAPTRACK
};
enum lc_fail_on { LC_FAIL_AUTO, LC_FAIL_ANY, LC_FAIL_NEW, LC_FAIL_OWN, LC_FAIL_NONE };
enum lc_generate { LC_GENERATE_NO, LC_GENERATE_YES, LC_GENERATE_ALL };
enum lc_resolution { LC_RESOLUTION_HIGH, LC_RESOLUTION_MED, LC_RESOLUTION_LOW };

/* A set of valgrind's leak kinds: one bit each. */
#define LC_KIND_DEFINITE 1u
#define LC_KIND_INDIRECT 2u
#define LC_KIND_POSSIBLE 4u
#define LC_KIND_REACHABLE 8u
#define LC_KINDS_ALL 15u
#define LC_KINDS_DEFAULT (LC_KIND_DEFINITE | LC_KIND_POSSIBLE)

/* Valgrind's heuristics, in the order in which they are tried; a set has one bit each. */
enum lc_heuristic {
    LC_HEURISTIC_STDSTRING,
    LC_HEURISTIC_LENGTH64,
    LC_HEURISTIC_NEWARRAY,
    LC_HEURISTIC_MULTIPLEINHERITANCE,
    LC_HEURISTIC_COUNT,
    LC_HEURISTIC_NONE = LC_HEURISTIC_COUNT
};
#define LC_HEURISTICS_ALL 15u
extern const char *const lc_heuristic_words[LC_HEURISTIC_COUNT];

#define LC_OPTION_STRING_MAX 1024
#define LC_OPTION_LIST_MAX 4096

typedef bool lc_option_bool;
typedef unsigned lc_option_uint;
typedef int lc_option_choice;
typedef unsigned lc_option_kinds;
typedef unsigned lc_option_heuristics;
typedef char lc_option_string[LC_OPTION_STRING_MAX];
typedef char lc_option_list[LC_OPTION_LIST_MAX]; /* items, each ended by a newline */

struct lc_options {
#define LC_OPTION(name, field, type, default, argument, help) lc_option_##type field;
#include "base/options.def"
};

void lc_options_init(struct lc_options *o);

/* Sets one option from `text`, "key=value" of `len` bytes. 0; or -EINVAL, and one line for people that says
 * what is wrong and what would be right in `why`. */
int lc_options_set(struct lc_options *o, const char *text, size_t len, char *why, size_t why_size);

/* Sets all of LEAKCHECK_OPTIONS: key=value separated by ':'; '\' before a ':' or a '\' takes it as it is.
 * A wrong one is told through `complain` and skipped. */
void lc_options_parse(struct lc_options *o, const char *text, void (*complain)(const char *why));

/* The option `name`, which is no list, as "name=value". */
void lc_options_format(const struct lc_options *o, const char *name, char *buf, size_t size);

/* The next item of a list option, from `*rest` on, which begins as the field: its length, and `*rest` after it; NULL
 * after the last. */
const char *lc_options_next(const char **rest, size_t *len);

/* The value of `word`, of `len` bytes, among the choices of the option `name`; -1 when it is none. */
int lc_options_choice(const char *name, const char *word, size_t len);

/* Room for any option as "key=value". */
#define LC_OPTION_TEXT_MAX (LC_OPTION_LIST_MAX + 64)

/* The `index`-th option (0, 1, ...) that differs from its default, as "key=value" into `buf`; false past
 * the last. Each item of a list counts as one. Values that do not fit are cut. */
bool lc_options_changed(const struct lc_options *o, size_t index, char *buf, size_t size);

#endif
