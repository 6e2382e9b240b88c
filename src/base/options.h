/* The options of a run, from options.def. */
#ifndef LC_BASE_OPTIONS_H
#define LC_BASE_OPTIONS_H

#include "base/compiler.h"

enum lc_check { LC_CHECK_FULL, LC_CHECK_SUMMARY, LC_CHECK_NO };
enum lc_map { LC_MAP_FULL, LC_MAP_SUMMARY, LC_MAP_NO };
enum lc_format_kind { LC_FORMAT_TEXT, LC_FORMAT_MTRACE };


/* A set of valgrind's leak kinds: one bit each. */
#define LC_KINDS_ALL 15u

#define LC_OPTION_STRING_MAX 1024

typedef bool lc_option_bool;
typedef unsigned lc_option_uint;
typedef int lc_option_choice;
typedef unsigned lc_option_kinds;
typedef char lc_option_string[LC_OPTION_STRING_MAX];

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

/* The `index`-th option (0, 1, ...) that differs from its default, as "key=value" into `buf`; false past
 * the last. Values that do not fit are cut. */
bool lc_options_changed(const struct lc_options *o, size_t index, char *buf, size_t size);

#endif
