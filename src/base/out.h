/* Buffered output without stdio: no allocation, no locale, no lock. One writer has one owner.
 * With a descriptor, a full buffer is written; without one (fd -1), what does not fit is cut. */
#ifndef LC_BASE_OUT_H
#define LC_BASE_OUT_H

#include "base/compiler.h"

#include <stdarg.h>

struct lc_out {
    int fd;         /* -1: the buffer is all there is */
    int error;      /* first failure, -errno; output goes on being counted, and no longer written */
    uint64_t lines; /* newlines so far */
    size_t len, cap;
    char *buf;
};

/* `buf` (at least 64 bytes) is borrowed until the writer is done with. */
void lc_out_init(struct lc_out *o, int fd, char *buf, size_t cap);
/* Writes what is buffered; 0, or the first -errno that the writer has met (short writes are continued). */
int lc_out_flush(struct lc_out *o);

void lc_out_mem(struct lc_out *o, const char *s, size_t len);
void lc_out_str(struct lc_out *o, const char *s);
void lc_out_char(struct lc_out *o, char c);
void lc_out_repeat(struct lc_out *o, char c, unsigned count);

/* A small printf: %c %s %d %i %u %x %X %p %%, lengths l, ll, z; flags '-' and '0' and "'" (thousands
 * commas, whatever the locale); width and precision (of %s) as digits or '*'. */
void lc_out_fmt(struct lc_out *o, const char *fmt, ...) LC_PRINTF(2, 3);
void lc_out_vfmt(struct lc_out *o, const char *fmt, va_list args);

/* snprintf over the same formats: always terminates; the length that there was room for. */
size_t lc_format(char *buf, size_t cap, const char *fmt, ...) LC_PRINTF(3, 4);

/* A size for people: "0", "512 B", "16.0K", "1.6M", "12.3G" (powers of 1024, three digits at most before
 * the point; at most 7 bytes and the NUL). Returns `buf`. */
const char *lc_format_size(char buf[16], uint64_t bytes);

#endif
