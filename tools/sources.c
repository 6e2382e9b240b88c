#include "sources.h"

#include "mem.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *parent_with_git(const char *directory)
{
    char *at = realpath(directory, NULL);
    while (at && *at) {
        char *git = lc_mem_format("%s/.git", at);
        bool is_there = access(git, F_OK) == 0;
        free(git);
        if (is_there)
            return at;
        *strrchr(at, '/') = '\0';
    }
    free(at);
    return NULL;
}

char *lc_sources_root(const char *option, const char *directory)
{
    if (strcmp(option, "no") == 0 || !*option)
        return NULL;
    if (strcmp(option, "auto") == 0)
        return parent_with_git(directory);
    char *joined = *option == '/' ? lc_mem_format("%s", option) : lc_mem_format("%s/%s", directory, option);
    char *real = realpath(joined, NULL);
    if (!real)
        return joined; /* where it was built need not exist here */
    free(joined);
    return real;
}

/* What follows `prefix` and a slash in `path`, or NULL. */
static const char *below(const char *path, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(path, prefix, len) == 0 && path[len] == '/' ? path + len + 1 : NULL;
}

bool lc_sources_is_own(const struct lc_sources_settings *s, const char *path)
{
    if (!s->root || !*path)
        return false;
    if (*path == '/')
        return below(path, s->root) != NULL;
    char *there = lc_mem_format("%s/%s", s->root, path); /* built with its own paths cut short */
    bool is_there = access(there, F_OK) == 0;
    free(there);
    return is_there;
}

/* Takes out "//", "/./" and "/x/../". */
static void simplify(char *path)
{
    char *to = path;
    for (const char *from = path; *from;) {
        size_t len = strcspn(from, "/");
        size_t next = len + (from[len] == '/');
        bool is_dot = len == 1 && *from == '.', is_up = len == 2 && from[0] == '.' && from[1] == '.';
        bool is_empty = len == 0 && to > path && to[-1] == '/';
        if (is_up && to - path > 1 && to[-1] == '/') {
            char *slash = to - 1;
            while (slash > path && slash[-1] != '/')
                slash--;
            if (strncmp(slash, "../", 3) != 0) {
                to = slash;
                from += next;
                continue;
            }
        }
        if (!is_dot && !is_empty) {
            memmove(to, from, next);
            to += next;
        }
        from += next;
    }
    *to = '\0';
}

char *lc_sources_path(const char *directory, const char *file)
{
    char *path = *file == '/' || !directory ? lc_mem_format("%s", file) : lc_mem_format("%s/%s", directory, file);
    simplify(path);
    return path;
}

const char *lc_sources_reported(const struct lc_sources_settings *s, const char *path)
{
    const char *rest = NULL;
    size_t prefix = s->strip_prefix ? strlen(s->strip_prefix) : 0;
    if (prefix && strncmp(path, s->strip_prefix, prefix) == 0)
        rest = path + prefix + strspn(path + prefix, "/");
    else if (s->root)
        rest = below(path, s->root);
    return rest && *rest ? rest : path;
}

const char *lc_sources_shown(const struct lc_sources_settings *s, const char *path)
{
    const char *reported = lc_sources_reported(s, path);
    const char *slash = strrchr(path, '/');
    return reported != path || s->full_paths || !slash ? reported : slash + 1;
}
