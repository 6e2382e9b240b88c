#include "report/escape.h"

#include <string.h>

static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && c != '%';
}

void lc_escape_log(struct lc_out *out, const char *s)
{
    while (*s) {
        size_t plain = 0;
        while (is_plain((unsigned char)s[plain]))
            plain++;
        lc_out_mem(out, s, plain);
        s += plain;
        if (*s)
            lc_out_fmt(out, "%%%02X", (unsigned)(unsigned char)*s++);
    }
}

/* The length of the well-formed UTF-8 sequence at `s` that may be shown (RFC 3629, without U+0080..U+009F),
 * or 0. */
static size_t showable_length(const unsigned char *s)
{
    if (s[0] < 0x80)
        return s[0] >= ' ' && s[0] != 0x7f;
    size_t len = s[0] >= 0xc2 && s[0] <= 0xdf   ? 2
                 : (s[0] & 0xf0) == 0xe0        ? 3
                 : s[0] >= 0xf0 && s[0] <= 0xf4 ? 4
                                                : 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    bool is_control = s[0] == 0xc2 && s[1] < 0xa0;
    bool is_overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool is_surrogate = s[0] == 0xed && s[1] >= 0xa0;
    bool is_too_large = s[0] == 0xf4 && s[1] >= 0x90;
    bool is_nothing = s[0] == 0xef && s[1] == 0xbf && s[2] >= 0xbe; /* U+FFFE and U+FFFF, which XML forbids */
    return is_control || is_overlong || is_surrogate || is_too_large || is_nothing ? 0 : len;
}

void lc_escape_text(struct lc_out *out, const char *s)
{
    while (*s) {
        size_t showable = 0;
        while (s[showable] >= ' ' && s[showable] < 0x7f) /* most are */
            showable++;
        for (size_t len; s[showable] && (len = showable_length((const unsigned char *)s + showable));)
            showable += len;
        lc_out_mem(out, s, showable);
        s += showable;
        if (*s)
            lc_out_fmt(out, "\\x%02X", (unsigned)(unsigned char)*s++);
    }
}
