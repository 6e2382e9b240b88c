/* Text that comes in pieces of any size, as lines. Pure. */
#ifndef LC_VM_LINES_H
#define LC_VM_LINES_H

#include "base/compiler.h"

/* A line without its '\n', ended by NUL; its callee may write into it. is_cut: it was longer than the
 * buffer, and this is its beginning. */
typedef void lc_lines_fn(void *arg, char *line, size_t len, bool is_cut);

struct lc_lines {
    lc_lines_fn *each;
    void *arg;
    char *buf; /* the line that has begun */
    size_t cap, len;
    bool is_cut;
};

/* `buf` is borrowed; the longest line that survives has `cap` - 1 bytes. */
void lc_lines_init(struct lc_lines *l, char *buf, size_t cap, lc_lines_fn *each, void *arg);

/* Calls `each` for every line that `text` ends. What follows the last '\n' waits for the next piece; at the
 * end of the text it is no line, and never seen. */
void lc_lines_feed(struct lc_lines *l, const char *text, size_t len);

#endif
