/* Reads both syntaxes: valgrind's coregrind/m_errormgr.c and LeakSanitizer's sanitizer_suppressions.cpp are what they
 * must agree with. */
#include "report/suppressions.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define PATTERNS_MAX 24 /* VG_MAX_SUPP_CALLERS */
#define FILE_MAX_BYTES ((off_t)16 << 20)

/* A text, line by line, without blanks at either end of a line. */
struct reader {
    struct lc_suppressions *s;
    const char *file;
    char *rest;
    unsigned number;
    char *line; /* NULL at the end */
};

/* Of line `line` of the file; 0: of the file as a whole. */
static void tell(struct lc_suppressions *s, const char *file, unsigned line, const char *what)
{
    char text[PATH_MAX + 128], number[16] = "";
    s->wrong++;
    if (line)
        lc_format(number, sizeof number, ":%u", line);
    lc_format(text, sizeof text, "%s%s: %s", file, number, what);
    if (s->complain)
        s->complain(text);
}

static void complain(struct reader *r, const char *what)
{
    tell(r->s, r->file, r->number, what);
}

static void next_line(struct reader *r)
{
    do {
        char *line = r->rest + strspn(r->rest, " \t\r");
        if (!*r->rest) {
            r->line = NULL;
            return;
        }
        char *end = strchrnul(line, '\n');
        r->rest = *end ? end + 1 : end;
        while (end > line && strchr(" \t\r", end[-1]))
            end--;
        *end = '\0';
        r->line = line;
        r->number++;
    } while (!*r->line || *r->line == '#');
}

static const char *after(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

/* An array of ours, with room for one more. */
static bool grow(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    void *more = lc_pages_grow(*items, capacity, size, "suppressions");
    if (more)
        *items = more;
    return more;
}

static void keep(struct reader *r, const struct lc_suppression *suppression)
{
    void *items = r->s->at;
    if (!grow(&items, &r->s->capacity, r->s->count, sizeof *r->s->at)) {
        complain(r, "out of memory");
        return;
    }
    r->s->at = items;
    r->s->at[r->s->count++] = *suppression;
}

static bool set_kinds(struct lc_suppression *to, const char *words)
{
    static const char *const kinds[] = {"definite", "indirect", "possible", "reachable"};
    to->kinds = strcmp(words, "all") == 0 ? LC_KINDS_ALL : 0;
    if (to->kinds || strcmp(words, "none") == 0)
        return true;
    while (true) {
        size_t len = strcspn(words, ","), i = 0;
        while (i < LC_ARRAY_LEN(kinds) && !(strlen(kinds[i]) == len && strncmp(kinds[i], words, len) == 0))
            i++;
        if (i == LC_ARRAY_LEN(kinds))
            return false;
        to->kinds |= 1u << i;
        if (!words[len])
            return true;
        words += len + 1;
    }
}

/* "FILE:12": the number is taken off. */
static unsigned split_line(char *text)
{
    char *colon = strrchr(text, ':');
    unsigned line = 0;
    if (!colon || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return 0;
    for (const char *p = colon + 1; *p; p++)
        line = line * 10 + (unsigned)(*p - '0');
    *colon = '\0';
    return line;
}

static bool read_pattern(struct lc_pattern *p, char *line)
{
    *p = (struct lc_pattern){.kind = LC_PATTERN_ANY_FRAMES, .text = ""};
    if (strcmp(line, "...") == 0)
        return true;
    p->kind = after(line, "fun:") ? LC_PATTERN_FUNCTION : after(line, "obj:") ? LC_PATTERN_OBJECT : LC_PATTERN_SOURCE;
    p->text = line + strlen("fun:");
    if (p->kind == LC_PATTERN_SOURCE)
        p->line = after(line, "src:") ? split_line(line + strlen("src:")) : 0;
    return (p->kind != LC_PATTERN_SOURCE || after(line, "src:")) && *p->text;
}

/* The lines up to "}", which is read. False, and told, when they are wrong. */
static bool read_patterns(struct reader *r, struct lc_suppression *to)
{
    struct lc_pattern patterns[PATTERNS_MAX];
    bool has_frame = false;
    for (; r->line && strcmp(r->line, "}") != 0; next_line(r)) {
        if (to->pattern_count == PATTERNS_MAX) {
            complain(r, "too many frames; expected at most 24, and then '}'");
            return false;
        }
        struct lc_pattern *p = &patterns[to->pattern_count++];
        if (!read_pattern(p, r->line)) {
            complain(r, "expected a frame: fun:PATTERN, obj:PATTERN, src:FILE[:LINE] or ..., or '}'");
            return false;
        }
        has_frame |= p->kind != LC_PATTERN_ANY_FRAMES;
    }
    if (r->line && !has_frame) {
        complain(r, "expected at least one frame that is not ...");
        return false;
    }
    size_t size = to->pattern_count * sizeof patterns[0];
    to->patterns = lc_pool_alloc(size ? size : sizeof patterns[0]);
    if (!to->patterns)
        return false;
    memcpy(to->patterns, patterns, size);
    return true;
}

/* "Memcheck,Other:Leak": whether it is about leaks; -1 when it is no such line. */
static int is_about_leaks(const char *line)
{
    const char *colon = strchr(line, ':');
    if (!colon || colon == line || !colon[1] || strpbrk(line, " \t"))
        return -1;
    bool is_ours = false;
    for (const char *tool = line; tool < colon;) {
        size_t len = strcspn(tool, ",:");
        is_ours |= len == strlen("Memcheck") && strncmp(tool, "Memcheck", len) == 0;
        tool += len + 1;
    }
    return is_ours && strcmp(colon + 1, "Leak") == 0;
}

static void skip_block(struct reader *r)
{
    while (r->line && strcmp(r->line, "}") != 0)
        next_line(r);
}

/* After "{": the block, up to its "}". */
static bool read_block(struct reader *r, struct lc_suppression *to)
{
    next_line(r);
    if (!r->line || strcmp(r->line, "}") == 0) {
        complain(r, "expected the suppression's name");
        return false;
    }
    to->name = r->line;
    next_line(r);
    int about_leaks = r->line ? is_about_leaks(r->line) : -1;
    if (about_leaks < 0) {
        complain(r, "expected TOOL:KIND, such as Memcheck:Leak");
        return false;
    }
    if (!about_leaks) {
        skip_block(r);
        return true;
    }
    next_line(r);
    const char *kinds = r->line ? after(r->line, "match-leak-kinds:") : NULL;
    if (kinds) {
        if (!set_kinds(to, kinds + strspn(kinds, " \t"))) {
            complain(r, "expected match-leak-kinds: all, none, or some of definite,indirect,possible,reachable");
            return false;
        }
        next_line(r);
    }
    return read_patterns(r, to);
}

static void read_valgrind(struct reader *r)
{
    struct lc_suppression s = {.file = r->file, .line = r->number, .kinds = LC_KINDS_ALL};
    bool is_good = read_block(r, &s);
    if (!is_good)
        skip_block(r);
    if (!r->line) {
        if (is_good)
            complain(r, "the file ends inside a suppression; expected '}'");
        return;
    }
    if (is_good && s.pattern_count)
        keep(r, &s);
}

static void read_sanitizer(struct reader *r)
{
    const char *pattern = after(r->line, "leak:");
    if (!pattern || !*pattern) {
        complain(r, "expected '{' (valgrind) or leak:PATTERN (LeakSanitizer)");
        return;
    }
    keep(r, &(struct lc_suppression){
                .name = pattern, .file = r->file, .line = r->number, .kinds = LC_KINDS_ALL, .anywhere = pattern});
}

void lc_suppressions_parse(struct lc_suppressions *s, const char *file, char *text)
{
    struct reader r = {.s = s, .file = file, .rest = text};
    if (after(r.rest, "\xef\xbb\xbf"))
        r.rest += 3; /* a byte order mark */
    for (next_line(&r); r.line; next_line(&r)) {
        if (strcmp(r.line, "{") == 0)
            read_valgrind(&r);
        else
            read_sanitizer(&r);
        if (!r.line)
            break;
    }
}

void lc_suppressions_add(struct lc_suppressions *s, const char *file, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = lc_pages_map(size, "suppressions");
    if (!copy)
        return;
    memcpy(copy, text, size);
    lc_suppressions_parse(s, file, copy);
}

static ssize_t read_whole(int fd, char *text, size_t size)
{
    size_t len = 0;
    for (ssize_t n; len < size; len += (size_t)n) {
        n = lc_sys_read(fd, text + len, size - len);
        if (n <= 0)
            return n < 0 ? n : (ssize_t)len;
    }
    return (ssize_t)len;
}

static void read_file(struct lc_suppressions *s, const char *path)
{
    struct stat st;
    int fd = lc_sys_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0);
    int rc = fd < 0 ? fd : lc_sys_fstat(fd, &st);
    if (rc >= 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_MAX_BYTES) {
        char *text = lc_pages_map((size_t)st.st_size + 1, "suppressions");
        ssize_t len = text ? read_whole(fd, text, (size_t)st.st_size) : -ENOMEM;
        rc = len < 0 ? (int)len : 0;
        char *name = lc_pool_strdup(path);
        if (rc == 0)
            lc_suppressions_parse(s, name ? name : path, text);
    } else if (rc >= 0) {
        rc = S_ISDIR(st.st_mode) ? -EISDIR : st.st_size > FILE_MAX_BYTES ? -EFBIG : S_ISCHR(st.st_mode) ? 0 : -EINVAL;
    }
    if (fd >= 0)
        lc_sys_close(fd);
    const char *why = rc < 0 ? strerrordesc_np(-rc) : NULL;
    if (rc < 0)
        tell(s, path, 0, why ? why : "can't be read");
}

void lc_suppressions_read(struct lc_suppressions *s, const char *list, const char *directory)
{
    char path[PATH_MAX];
    size_t len;
    for (const char *item; (item = lc_options_next(&list, &len));) {
        bool is_absolute = *item == '/';
        lc_format(path, sizeof path, "%s%s%.*s", is_absolute ? "" : directory, is_absolute || !*directory ? "" : "/", (int)len, item);
        read_file(s, path);
    }
}
