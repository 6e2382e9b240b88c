#include "report/outputs.h"

#include "report/file_name.h"

#include <string.h>

static struct lc_output split(const char *item, size_t len)
{
    const char *colon = memchr(item, ':', len);
    int format = colon ? lc_options_choice("format", item, (size_t)(colon - item)) : -1;
    if (format < 0)
        return (struct lc_output){.file = item};
    return (struct lc_output){(enum lc_format_kind)format, colon + 1, len - (size_t)(colon + 1 - item)};
}

bool lc_outputs_next(const char **rest, struct lc_output *output)
{
    size_t len;
    const char *item = lc_options_next(rest, &len);
    if (item)
        *output = split(item, len);
    return item;
}

/* At the end of `o`, or not at all. */
static bool resolve(struct lc_out *o, const char *item, size_t len, char *const *environment)
{
    const struct lc_output output = split(item, len);
    size_t before = o->len;
    lc_out_mem(o, item, (size_t)(output.file - item));
    if (output.len && lc_file_name_resolve(o, output.file, output.len, environment) && !memchr(o->buf + before, '\n', o->len - before)) {
        lc_out_char(o, '\n');
        return true;
    }
    o->len = before;
    return false;
}

void lc_outputs_resolve(lc_option_list list, char *const *environment, void (*complain)(const char *output))
{
    lc_option_list resolved, text;
    struct lc_out o;
    const char *rest = list;
    size_t len;
    lc_out_init(&o, -1, resolved, sizeof resolved - 1);
    for (const char *item; (item = lc_options_next(&rest, &len));) {
        if (resolve(&o, item, len, environment))
            continue;
        lc_format(text, sizeof text, "%.*s", (int)len, item);
        complain(text);
    }
    resolved[o.len] = '\0';
    memcpy(list, resolved, o.len + 1);
}
