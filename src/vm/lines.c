#include "vm/lines.h"

#include <string.h>

void lc_lines_init(struct lc_lines *l, char *buf, size_t cap, lc_lines_fn *each, void *arg)
{
    *l = (struct lc_lines){.each = each, .arg = arg, .buf = buf, .cap = cap};
}

static void append(struct lc_lines *l, const char *text, size_t len)
{
    size_t room = l->cap - 1 - l->len;
    if (len > room) {
        len = room;
        l->is_cut = true;
    }
    memcpy(l->buf + l->len, text, len);
    l->len += len;
}

static void end_line(struct lc_lines *l)
{
    l->buf[l->len] = '\0';
    l->each(l->arg, l->buf, l->len, l->is_cut);
    l->len = 0;
    l->is_cut = false;
}

void lc_lines_feed(struct lc_lines *l, const char *text, size_t len)
{
    const char *end = text + len;
    const char *newline;
    while (text < end && (newline = memchr(text, '\n', (size_t)(end - text)))) {
        append(l, text, (size_t)(newline - text));
        end_line(l);
        text = newline + 1;
    }
    if (text < end)
        append(l, text, (size_t)(end - text));
}
