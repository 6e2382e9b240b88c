#include "report/file_name.h"

#include "base/environment.h"

#include <string.h>

void lc_file_name_put_literal(struct lc_out *o, const char *text)
{
    for (; *text; text++)
        lc_out_str(o, *text == '%' ? "%%" : (char[]){*text, '\0'});
}

bool lc_file_name_resolve(struct lc_out *o, const char *pattern, size_t len, char *const *environment)
{
    const char *end = pattern + len;
    for (const char *p = pattern; p < end; p++) {
        const char *close = NULL;
        char next = p + 1 < end ? p[1] : '\0';
        if (*p != '%') {
            lc_out_char(o, *p);
        } else if (next == 'p' || next == 'n' || next == '%') {
            lc_out_mem(o, p++, 2);
        } else if (next == 'q' && p + 2 < end && p[2] == '{' && (close = memchr(p, '}', (size_t)(end - p)))) {
            const char *value = lc_environment_get(environment, p + 3, (size_t)(close - p - 3));
            if (!value)
                return false;
            lc_file_name_put_literal(o, value);
            p = close;
        } else {
            return false;
        }
    }
    return o->len < o->cap;
}

void lc_file_name_expand(const char *pattern, size_t len, pid_t pid, unsigned number, char *path, size_t size)
{
    struct lc_out o;
    lc_out_init(&o, -1, path, size - 1);
    for (const char *p = pattern, *end = pattern + len; p < end; p++) {
        if (*p != '%')
            lc_out_char(&o, *p);
        else if (++p < end && *p == 'p')
            lc_out_fmt(&o, "%d", pid);
        else if (p < end && *p == 'n')
            lc_out_fmt(&o, "%u", number);
        else
            lc_out_char(&o, '%');
    }
    path[o.len] = '\0';
}
