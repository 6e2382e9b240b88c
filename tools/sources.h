/* Paths of source files: as they are shown, and whose they are. */
#ifndef LC_TOOLS_SOURCES_H
#define LC_TOOLS_SOURCES_H

#include <stdbool.h>

struct lc_sources_settings {
    const char *root;         /* absolute, without links or a slash at its end; NULL: sources are nobody's */
    const char *strip_prefix; /* of what is shown; NULL or "": nothing */
    bool full_paths;          /* show directories, too */
};

/* Where own sources begin, by --source-root: "no" and "auto" (the git work tree that `directory` is in) or a directory.
 * In memory of malloc, or NULL: there is none. */
char *lc_sources_root(const char *option, const char *directory);

/* Whether `path` is of own sources. */
bool lc_sources_is_own(const struct lc_sources_settings *s, const char *path);

/* `file`, relative to `directory` (which may be NULL), without dots on the way. In memory of malloc. */
char *lc_sources_path(const char *directory, const char *file);

/* A part of `path`: what is shown of it, and what is reported to machines, which is the whole but for the root and the
 * prefix. */
const char *lc_sources_shown(const struct lc_sources_settings *s, const char *path);
const char *lc_sources_reported(const struct lc_sources_settings *s, const char *path);

#endif
