/* What every JSON output needs. */
#ifndef LC_TOOLS_FORMATS_JSON_TEXT_H
#define LC_TOOLS_FORMATS_JSON_TEXT_H

#include "base/out.h"

#include <jansson.h>

/* A string of any bytes: what is no UTF-8 stands there as \xXX. null for NULL. */
json_t *lc_json_text(const char *text);
json_t *lc_json_texts(const char *const *texts, size_t count);
json_t *lc_json_number(uint64_t n);
json_t *lc_json_address(uintptr_t address);

/* Writes `value`, in ASCII, on one line without an end, and gives it back. */
void lc_json_put(struct lc_out *out, json_t *value);

/* `value` so, in memory of malloc; and gives it back. */
char *lc_json_dump(json_t *value);

/* As lc_json_put, an object that is not empty, without its last brace: what follows makes it whole. */
void lc_json_put_open(struct lc_out *out, json_t *value);

/* `[` ... `]`, an item a line, so that memory does not grow with their number. */
struct lc_json_list {
    struct lc_out *out;
    const char *separator;
};

/* With `key` (or NULL), as a member that others stand before. */
struct lc_json_list lc_json_list_begin(struct lc_out *out, const char *key);
/* Where an item begins; and a whole one. */
void lc_json_list_next(struct lc_json_list *list);
void lc_json_list_put(struct lc_json_list *list, json_t *item);
void lc_json_list_end(struct lc_json_list *list);

#endif
