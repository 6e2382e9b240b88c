#include "formats/markup.h"

#include "mem.h"
#include "report/escape.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

lc_markup lc_markup_none = {0};

lc_markup lc_markup_xml = {['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&apos;"};

/* Every sign that begins, ends or is anything in GitHub's dialect; an entity never is (CommonMark, 2.5). */
lc_markup lc_markup_markdown = {
    ['!'] = "&#33;", ['"'] = "&#34;", ['#'] = "&#35;", ['$'] = "&#36;", ['&'] = "&#38;", ['\''] = "&#39;", ['*'] = "&#42;",
    ['+'] = "&#43;", ['-'] = "&#45;", [':'] = "&#58;", ['<'] = "&#60;", ['='] = "&#61;", ['>'] = "&#62;",  ['@'] = "&#64;",
    ['['] = "&#91;", ['\\'] = "&#92;", [']'] = "&#93;", ['^'] = "&#94;", ['_'] = "&#95;", ['`'] = "&#96;", ['{'] = "&#123;",
    ['|'] = "&#124;", ['}'] = "&#125;", ['~'] = "&#126;",
};

/* Of GitHub's workflow commands: the message, and a property before it. */
lc_markup lc_markup_message = {['%'] = "%25", ['\n'] = "%0A", ['\r'] = "%0D"};
lc_markup lc_markup_property = {['%'] = "%25", [':'] = "%3A", [','] = "%2C"};

lc_markup lc_markup_folded = {[';'] = ","};

/* An escaped byte is four. */
char *lc_markup_mended(const char *text)
{
    struct lc_out out;
    size_t room = 4 * strlen(text) + 64;
    char *buffer = lc_mem_alloc(room, 1);
    lc_out_init(&out, -1, buffer, room);
    lc_escape_text(&out, text);
    buffer[out.len] = '\0';
    return buffer;
}

void lc_markup_put(struct lc_out *out, lc_markup markup, const char *text)
{
    char *safe = lc_markup_mended(text);
    const char *plain = safe;
    for (const char *p = safe; *p; p++) {
        const char *by = *p > 0 ? markup[(unsigned char)*p] : NULL;
        if (!by)
            continue;
        lc_out_mem(out, plain, (size_t)(p - plain));
        lc_out_str(out, by);
        plain = p + 1;
    }
    lc_out_str(out, plain);
    free(safe);
}

static bool is_inside_character(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

const char *lc_markup_short(char *buf, size_t size, const char *text)
{
    size_t len = strlen(text);
    if (len < size)
        return text;
    size_t head = (size - sizeof "...") * 3 / 4, tail = size - sizeof "..." - head;
    while (head && is_inside_character(text[head]))
        head--;
    const char *end = text + len - tail;
    while (is_inside_character(*end))
        end++;
    lc_format(buf, size, "%.*s...%s", (int)head, text, end);
    return buf;
}

char *lc_markup_uri(const char *path)
{
    static const char prefix[] = "file://";
    char *uri = lc_mem_alloc(sizeof prefix + 3 * strlen(path), 1), *to = uri;
    if (*path == '/')
        to = stpcpy(to, prefix);
    for (; *path; path++) {
        if (isalnum((unsigned char)*path) || strchr("/-._~+", *path))
            *to++ = *path;
        else
            to += lc_format(to, sizeof "%XX", "%%%02X", (unsigned)(unsigned char)*path);
    }
    return uri;
}
