#include "base/arena.h"
#include "base/environment.h"
#include "base/out.h"
#include "base/sys.h"
#include "preload/hooks.h"
#include "preload/start.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LIBRARY "libleakcheck.so"
#define OPTIONS "LEAKCHECK_OPTIONS"
#define PRELOAD "LD_PRELOAD"

void lc_start_complain(const char *why)
{
    char line[1024];
    size_t len = lc_format(line, sizeof line, "leakcheck: %s\n", why);
    lc_sys_write(2, line, len);
}

void lc_start_read_options(struct lc_options *o, char *const *environment)
{
    lc_options_init(o);
    lc_hooks_set_options(o);
    const char *text = lc_environment_get(environment, OPTIONS, strlen(OPTIONS));
    if (text)
        lc_options_parse(o, text, lc_start_complain);
    if (o->show_leak_kinds == 0 && o->leak_check == LC_CHECK_FULL)
        o->leak_check = LC_CHECK_SUMMARY;
}

static bool is_separator(char c)
{
    return c == ' ' || c == ':';
}

static bool is_library(const char *path, size_t len)
{
    size_t name = strlen(LIBRARY);
    return len >= name && memcmp(path + len - name, LIBRARY, name) == 0 && (len == name || path[len - name - 1] == '/');
}

void lc_start_hide_from_children(char **environment)
{
    char *list = lc_environment_get(environment, PRELOAD, strlen(PRELOAD));
    if (!list)
        return;
    char *to = list;
    for (const char *from = list; *from;) {
        size_t len = 0;
        while (from[len] && !is_separator(from[len]))
            len++;
        if (!is_library(from, len) && len) {
            if (to > list)
                *to++ = ':';
            memmove(to, from, len);
            to += len;
        }
        from += len + (from[len] != '\0');
    }
    *to = '\0';
}

/* Glob with * and ?, the whole of `text`: at a mismatch, the last * takes one more. */
static bool is_match(const char *pattern, size_t len, const char *text)
{
    size_t p = 0, star = SIZE_MAX;
    const char *resume = NULL;
    while (*text) {
        if (p < len && pattern[p] == '*') {
            star = p++;
            resume = text;
        } else if (p < len && (pattern[p] == '?' || pattern[p] == *text)) {
            p++;
            text++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    while (p < len && pattern[p] == '*')
        p++;
    return p == len;
}

bool lc_start_is_skipped(const char *patterns, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    while (*patterns) {
        size_t len = strcspn(patterns, ",");
        if (len && (is_match(patterns, len, path) || is_match(patterns, len, name)))
            return true;
        patterns += len + (patterns[len] == ',');
    }
    return false;
}

const char *lc_start_find_symbolizer(const char *library)
{
    static const char *const places[] = {
        "leakcheck-report",
        "../../tools/leakcheck-report",  /* build/src/preload */
        "../../bin/leakcheck-report",    /* lib/leakcheck */
        "../../../bin/leakcheck-report", /* lib/x86_64-linux-gnu/leakcheck */
    };
    const char *slash = strrchr(library, '/');
    char path[PATH_MAX];
    for (size_t i = 0; slash && i < LC_ARRAY_LEN(places); i++) {
        lc_format(path, sizeof path, "%.*s/%s", (int)(slash - library), library, places[i]);
        if (lc_sys_call(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0) == 0) {
            const char *copy = lc_pool_strdup(path);
            return copy ? copy : "";
        }
    }
    return "";
}
