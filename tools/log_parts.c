#include "log_parts.h"

#include "leakcheck/log.h"

#include <string.h>

bool lc_log_read_as(struct lc_log_reader *r, const struct lc_log_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(records[i].word, r->line.word) == 0) {
            records[i].read(r);
            return true;
        }
    return false;
}

int lc_log_word(struct lc_log_reader *r, const char *key, const struct lc_words *words)
{
    int value = lc_words_find(words, STRING(r, key));
    if (value < 0)
        lc_log_line_complain(&r->line, "%s= is no word of version %d", key, LEAKCHECK_LOG_VERSION);
    return value < 0 ? 0 : value;
}

struct lc_site lc_log_site(struct lc_log_reader *r)
{
    return (struct lc_site){STRING(r, "function"), NUMBER(r, "at"),
                            lc_log_line_id(&r->line, "stack", r->f->frame_count)};
}

struct lc_range lc_log_range(struct lc_log_reader *r)
{
    struct lc_range range = {NUMBER(r, "start"), NUMBER(r, "end")};
    if (range.end < range.start)
        lc_log_line_complain(&r->line, "end= is before start=");
    return range;
}

struct lc_footprint lc_log_footprint(struct lc_log_reader *r)
{
    return (struct lc_footprint){.resident = NUMBER(r, "resident"),
                                 .proportional = NUMBER(r, "proportional"),
                                 .swapped = NUMBER(r, "swapped"),
                                 .untouched = NUMBER(r, "untouched"),
                                 .pinned = NUMBER(r, "pinned")};
}
