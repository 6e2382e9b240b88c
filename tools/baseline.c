#include "baseline.h"

#include "complain.h"
#include "mem.h"
#include "report/escape.h"
#include "tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_LINE "# leakcheck baseline, version 1"
#define SUMMARY_MAX 400 /* bytes of what: */

struct reader {
    struct lc_baseline *b;
    const char *path;
    size_t line;
    bool is_skipping; /* after a leak line that is wrong */
};

static void complain(struct reader *r, const char *what)
{
    lc_complain("%s:%zu: %s", r->path, r->line, what);
    r->b->wrong++;
}

static bool is_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    for (size_t i = 0; i < sizeof shape; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return true;
}

static const struct lc_baseline_entry *find(const struct lc_baseline *b, const char *fingerprint)
{
    for (size_t low = 0, high = b->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(b->at[middle].fingerprint, fingerprint);
        if (order == 0)
            return &b->at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void read_leak(struct reader *r, const char *text)
{
    struct lc_baseline_entry e = {.line = r->line};
    char fingerprint[32], kind[32];
    int end = 0;
    r->is_skipping = true;
    if (sscanf(text, "leak %31s %31s %lu bytes %lu blocks%n", fingerprint, kind, &e.bytes, &e.blocks, &end) != 4 || end == 0 ||
        text[end] || !lc_tally_is_fingerprint(fingerprint)) {
        complain(r, "expected: leak FINGERPRINT KIND N bytes N blocks");
        return;
    }
    strcpy(e.fingerprint, fingerprint);
    e.kind = lc_mem_format("%s", kind);
    e.what = lc_mem_format("%s", "");
    e.reason = lc_mem_format("%s", "");
    r->b->at = lc_mem_grow(r->b->at, r->b->count, sizeof *r->b->at);
    r->b->at[r->b->count++] = e;
    r->is_skipping = false;
}

static const char *after(const char *text, const char *key)
{
    size_t len = strlen(key);
    return strncmp(text, key, len) == 0 ? text + len + strspn(text + len, " \t") : NULL;
}

static void set(char **field, const char *value)
{
    free(*field);
    *field = lc_mem_format("%s", value);
}

static void read_line(struct reader *r, const char *text)
{
    struct lc_baseline_entry *e = r->b->count && !r->is_skipping ? &r->b->at[r->b->count - 1] : NULL;
    const char *value;
    if (after(text, "leak ")) {
        read_leak(r, text);
    } else if (r->is_skipping) {
        return;
    } else if (!e) {
        complain(r, "expected: leak FINGERPRINT KIND N bytes N blocks");
    } else if ((value = after(text, "what:"))) {
        set(&e->what, value);
    } else if ((value = after(text, "reason:"))) {
        set(&e->reason, value);
    } else if ((value = after(text, "expires:")) && is_date(value)) {
        memcpy(e->expires, value, sizeof e->expires);
    } else {
        complain(r, value ? "expected a date, such as expires: 2027-01-31" : "expected what:, reason:, expires:, or leak");
    }
}

static int compare(const void *va, const void *vb)
{
    const struct lc_baseline_entry *a = va, *b = vb;
    return strcmp(a->fingerprint, b->fingerprint);
}

/* Two of the same, of a merge of two versions of the file: what they allow is added up. */
static void join_doubles(struct reader *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->b->count; i++) {
        struct lc_baseline_entry *e = &r->b->at[i], *last = kept ? &r->b->at[kept - 1] : NULL;
        if (last && compare(last, e) == 0) {
            r->line = e->line;
            complain(r, "this fingerprint stands in the file already");
            free(e->kind);
            free(e->what);
            free(e->reason);
            continue;
        }
        r->b->at[kept++] = *e;
    }
    r->b->count = kept;
}

void lc_baseline_parse(struct lc_baseline *b, const char *path, char *text)
{
    struct reader r = {.b = b, .path = path};
    while (text) {
        char *line = strsep(&text, "\n");
        r.line++;
        line += strspn(line, " \t");
        for (size_t len = strlen(line); len && strchr(" \t\r", line[len - 1]);)
            line[--len] = '\0';
        if (*line && *line != '#')
            read_line(&r, line);
    }
    if (b->count)
        qsort(b->at, b->count, sizeof *b->at, compare);
    join_doubles(&r);
}

static char *slurp(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");
    if (!file)
        return NULL;
    ssize_t len = getdelim(&text, &size, '\0', file);
    int error = errno;
    bool is_empty = len < 0 && feof(file);
    fclose(file);
    if (len >= 0)
        return text;
    free(text);
    errno = error;
    return is_empty ? lc_mem_format("%s", "") : NULL;
}

bool lc_baseline_read(struct lc_baseline *b, const char *path)
{
    char *text = slurp(path);
    if (!text) {
        lc_complain("%s: %s", path, strerror(errno));
        return false;
    }
    lc_baseline_parse(b, path, text);
    free(text);
    return true;
}

void lc_baseline_free(struct lc_baseline *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->at[i].kind);
        free(b->at[i].what);
        free(b->at[i].reason);
    }
    free(b->at);
    *b = (struct lc_baseline){0};
}

bool lc_baseline_is_expired(const struct lc_baseline_entry *e, const char *today)
{
    return *e->expires && strcmp(e->expires, today) < 0;
}

bool lc_baseline_is_stale(const struct lc_baseline_entry *e, const char *today)
{
    return !e->found_blocks || lc_baseline_is_expired(e, today);
}

static enum lc_novelty novelty_of(const struct lc_baseline *b, lc_tally found, const char *fingerprint, const char *today)
{
    const struct lc_baseline_entry *known = find(b, fingerprint);
    const struct lc_tally_entry *now = lc_tally_find(found, fingerprint);
    if (!known || !now || lc_baseline_is_expired(known, today))
        return LC_NOVELTY_NEW;
    return now->bytes > known->bytes || now->blocks > known->blocks ? LC_NOVELTY_GROWN : LC_NOVELTY_KNOWN;
}

void lc_baseline_judge(struct lc_baseline *b, const struct lc_findings *f, struct lc_judge *judge, const char *today)
{
    lc_tally found = NULL;
    lc_tally_findings(&found, f, LC_KINDS_ALL);
    for (size_t i = 0; i < b->count; i++) {
        const struct lc_tally_entry *now = lc_tally_find(found, b->at[i].fingerprint);
        b->at[i].found_bytes = now ? now->bytes : 0;
        b->at[i].found_blocks = now ? now->blocks : 0;
    }
    for (size_t i = 0; i < f->leak_count; i++) {
        struct lc_judgement *j = lc_judge_leak(judge, &f->leaks[i]);
        if (f->leaks[i].kind != LC_LEAK_SUPPRESSED)
            j->novelty = novelty_of(b, found, j->fingerprint, today);
    }
    for (size_t i = 0; i < f->error_count; i++) {
        struct lc_judgement *j = lc_judge_error(judge, &f->errors[i]);
        j->novelty = novelty_of(b, found, j->fingerprint, today);
    }
    lc_tally_free(&found);
}

/* One line, whatever is in it. */
static void put_line(FILE *out, const char *key, const char *value)
{
    char buffer[SUMMARY_MAX + 64];
    struct lc_out line;
    if (!*value)
        return;
    lc_out_init(&line, -1, buffer, sizeof buffer);
    lc_escape_text(&line, value);
    fprintf(out, "  %s: %.*s\n", key, (int)line.len, buffer);
}

static void put_entries(FILE *out, const struct lc_baseline *b, lc_tally found)
{
    fprintf(out, FIRST_LINE "\n# Known leaks: each passes while it does not grow. Add to one of them  reason: TEXT  and  "
                            "expires: YYYY-MM-DD\n");
    for (const struct lc_tally_entry *e = found; e; e = e->hh.next) {
        const struct lc_baseline_entry *before = find(b, e->fingerprint);
        fprintf(out, "\nleak %s %s %lu bytes %lu blocks\n", e->fingerprint, e->kind, (unsigned long)e->bytes,
                (unsigned long)e->blocks);
        put_line(out, "what", e->what);
        put_line(out, "reason", before ? before->reason : "");
        put_line(out, "expires", before ? before->expires : "");
    }
}

bool lc_baseline_write(const struct lc_baseline *b, const struct lc_findings *f, unsigned kinds, const char *path)
{
    lc_tally found = NULL;
    lc_tally_findings(&found, f, kinds);
    lc_tally_sort(&found);
    char *fresh = lc_mem_format("%s.%d", path, getpid());
    FILE *out = fopen(fresh, "we");
    bool is_good = out;
    if (out) {
        put_entries(out, b, found);
        is_good = !ferror(out) && fflush(out) == 0 && fsync(fileno(out)) == 0;
        is_good &= fclose(out) == 0;
        is_good = is_good && rename(fresh, path) == 0;
    }
    if (!is_good) {
        lc_complain("%s: %s", path, strerror(errno));
        unlink(fresh);
    }
    free(fresh);
    lc_tally_free(&found);
    return is_good;
}
