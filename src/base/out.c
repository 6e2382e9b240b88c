#include "base/out.h"

#include "base/sys.h"

#include <errno.h>
#include <string.h>

/* For whoever reads the other end of a pipe that does not block. */
#define PATIENCE_MS 10000

void lc_out_init(struct lc_out *o, int fd, char *buf, size_t cap)
{
    *o = (struct lc_out){.fd = fd, .buf = buf, .cap = cap};
}

int lc_out_flush(struct lc_out *o)
{
    size_t done = 0;
    while (o->fd >= 0 && !o->error && done < o->len) {
        ssize_t n = lc_sys_write(o->fd, o->buf + done, o->len - done);
        if (n > 0)
            done += (size_t)n;
        else if (n != -EINTR && !(n == -EAGAIN && lc_sys_wait_writable(o->fd, PATIENCE_MS)))
            o->error = n < 0 ? (int)n : -EIO;
    }
    if (o->fd >= 0)
        o->len = 0;
    return o->error;
}

void lc_out_mem(struct lc_out *o, const char *s, size_t len)
{
    for (const char *p = s; (p = memchr(p, '\n', len - (size_t)(p - s))); p++)
        o->lines++;
    while (len) {
        if (o->len == o->cap)
            lc_out_flush(o);
        size_t room = o->cap - o->len;
        size_t n = len < room ? len : room;
        if (n == 0)
            return; /* a buffer without a descriptor is full */
        memcpy(o->buf + o->len, s, n);
        o->len += n;
        s += n;
        len -= n;
    }
}

void lc_out_str(struct lc_out *o, const char *s)
{
    lc_out_mem(o, s, strlen(s));
}

void lc_out_char(struct lc_out *o, char c)
{
    lc_out_mem(o, &c, 1);
}

void lc_out_repeat(struct lc_out *o, char c, unsigned count)
{
    while (count--)
        lc_out_char(o, c);
}

/* One conversion: %[-0'][width][.precision][l|ll|z]c */
struct conversion {
    bool is_left, is_zero_padded, is_grouped;
    int width, precision; /* precision < 0: none */
    int longs;
    char letter;
};

static const char *parse_number(const char *f, int *value, va_list *args)
{
    if (*f == '*') {
        *value = va_arg(*args, int);
        return f + 1;
    }
    for (*value = 0; *f >= '0' && *f <= '9'; f++)
        *value = *value * 10 + (*f - '0');
    return f;
}

static const char *parse(const char *f, struct conversion *c, va_list *args)
{
    *c = (struct conversion){.precision = -1};
    for (;; f++) {
        if (*f == '-')
            c->is_left = true;
        else if (*f == '0')
            c->is_zero_padded = true;
        else if (*f == '\'')
            c->is_grouped = true;
        else
            break;
    }
    f = parse_number(f, &c->width, args);
    if (*f == '.')
        f = parse_number(f + 1, &c->precision, args);
    for (; *f == 'l' || *f == 'z'; f++)
        c->longs++;
    c->letter = *f;
    return *f ? f + 1 : f;
}

static void pad(struct lc_out *o, const struct conversion *c, const char *sign, const char *text, size_t len)
{
    if (!c->width && !*sign) {
        lc_out_mem(o, text, len);
        return;
    }
    size_t total = len + strlen(sign);
    unsigned fill = c->width > 0 && (size_t)c->width > total ? (unsigned)((size_t)c->width - total) : 0;
    if (!c->is_left && !c->is_zero_padded)
        lc_out_repeat(o, ' ', fill);
    lc_out_str(o, sign);
    if (!c->is_left && c->is_zero_padded)
        lc_out_repeat(o, '0', fill);
    lc_out_mem(o, text, len);
    if (c->is_left)
        lc_out_repeat(o, ' ', fill);
}

static void put_number(struct lc_out *o, const struct conversion *c, uint64_t value, bool is_negative)
{
    const char *digits = c->letter == 'X' ? "0123456789ABCDEF" : "0123456789abcdef";
    bool is_hex = c->letter == 'x' || c->letter == 'X' || c->letter == 'p';
    char text[32];
    char *p = text + sizeof text;
    unsigned written = 0;
    do {
        if (c->is_grouped && written && written % 3 == 0)
            *--p = ',';
        *--p = digits[is_hex ? value % 16 : value % 10]; /* by constants: that is no division */
        value = is_hex ? value / 16 : value / 10;
        written++;
    } while (value);
    pad(o, c, is_negative ? "-" : c->letter == 'p' ? "0x" : "", p, (size_t)(text + sizeof text - p));
}

static void put(struct lc_out *o, const struct conversion *c, va_list *args)
{
    switch (c->letter) {
    case 'c': {
        char letter = (char)va_arg(*args, int);
        pad(o, c, "", &letter, 1);
        break;
    }
    case 's': {
        const char *s = va_arg(*args, const char *);
        pad(o, c, "", s, c->precision < 0 ? strlen(s) : strnlen(s, (size_t)c->precision));
        break;
    }
    case 'd':
    case 'i': {
        int64_t v = c->longs ? va_arg(*args, long) : va_arg(*args, int);
        put_number(o, c, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0);
        break;
    }
    case 'p':
        put_number(o, c, (uintptr_t)va_arg(*args, void *), false);
        break;
    case 'u':
    case 'x':
    case 'X':
        put_number(o, c, c->longs ? va_arg(*args, unsigned long) : va_arg(*args, unsigned), false);
        break;
    default:
        lc_out_char(o, c->letter);
    }
}

void lc_out_vfmt(struct lc_out *o, const char *fmt, va_list args)
{
    va_list copy;
    va_copy(copy, args);
    while (*fmt) {
        const char *percent = strchrnul(fmt, '%');
        lc_out_mem(o, fmt, (size_t)(percent - fmt));
        if (!*percent)
            break;
        struct conversion c;
        fmt = parse(percent + 1, &c, &copy);
        put(o, &c, &copy);
    }
    va_end(copy);
}

void lc_out_fmt(struct lc_out *o, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    lc_out_vfmt(o, fmt, args);
    va_end(args);
}

size_t lc_format(char *buf, size_t cap, const char *fmt, ...)
{
    struct lc_out o;
    lc_out_init(&o, -1, buf, cap - 1);
    va_list args;
    va_start(args, fmt);
    lc_out_vfmt(&o, fmt, args);
    va_end(args);
    buf[o.len] = '\0';
    return o.len;
}

const char *lc_format_size(char buf[16], uint64_t bytes)
{
    static const char units[] = "BKMGTPE";
    unsigned unit = 0;
    uint64_t scaled = bytes * 10; /* tenths of the unit; 2^60 bytes and more do not occur */
    while (scaled >= 1000 * 10 && units[unit + 1]) {
        scaled = (scaled + 512) / 1024;
        unit++;
    }
    if (unit == 0)
        lc_format(buf, 16, bytes ? "%lu B" : "%lu", (unsigned long)bytes);
    else
        lc_format(buf, 16, "%lu.%lu%c", (unsigned long)(scaled / 10), (unsigned long)(scaled % 10), units[unit]);
    return buf;
}
