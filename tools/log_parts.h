/* What the records of a log are read with (log_records.c, log_memory.c). */
#ifndef LC_TOOLS_LOG_PARTS_H
#define LC_TOOLS_LOG_PARTS_H

#include "log_records.h"
#include "mem.h"
#include "report/words.h"

#define STRING(r, key) lc_log_line_string(&(r)->line, key)
#define NUMBER(r, key) lc_log_line_number(&(r)->line, key)
#define OPTIONAL(r, key) (lc_log_line_has(&(r)->line, key) ? NUMBER(r, key) : 0)

/* One more item at the end of an array of the findings. */
#define APPEND(array, count, ...) \
    do { \
        (array) = lc_mem_grow((array), (count), sizeof *(array)); \
        (array)[count] = (__VA_ARGS__); \
        (count)++; \
    } while (0)

static inline bool lc_log_is_wrong(const struct lc_log_reader *r)
{
    return *r->line.wrong;
}

/* How the lines of a word are read. */
struct lc_log_record {
    const char *word;
    void (*read)(struct lc_log_reader *r);
};

/* Reads r->line into the findings as the one of `records` that has its word does; false when none has. */
bool lc_log_read_as(struct lc_log_reader *r, const struct lc_log_record *records, size_t count);

/* The enumerator of the word at `key`; 0, and a complaint, when it is none. */
int lc_log_word(struct lc_log_reader *r, const char *key, const struct lc_words *words);
struct lc_site lc_log_site(struct lc_log_reader *r);
struct lc_range lc_log_range(struct lc_log_reader *r);
struct lc_footprint lc_log_footprint(struct lc_log_reader *r);

#endif
