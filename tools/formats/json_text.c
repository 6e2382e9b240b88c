#include "formats/json_text.h"

#include "mem.h"
#include "report/escape.h"

#include <stdlib.h>
#include <string.h>

/* An escaped byte is four. */
static json_t *escaped(const char *text)
{
    struct lc_out out;
    size_t room = 4 * strlen(text) + 64;
    char *buffer = lc_mem_alloc(room, 1);
    lc_out_init(&out, -1, buffer, room);
    lc_escape_text(&out, text);
    json_t *string = json_stringn(buffer, out.len);
    free(buffer);
    return string;
}

json_t *lc_json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *string = json_string(text);
    return string ? string : escaped(text);
}

json_t *lc_json_texts(const char *const *texts, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, lc_json_text(texts[i]));
    return array;
}

json_t *lc_json_number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

json_t *lc_json_address(uintptr_t address)
{
    return json_sprintf("0x%lx", (unsigned long)address);
}

static int write_part(const char *buffer, size_t size, void *out)
{
    lc_out_mem(out, buffer, size);
    return 0;
}

#define HOW (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY)

void lc_json_put(struct lc_out *out, json_t *value)
{
    json_dump_callback(value, write_part, out, HOW);
    json_decref(value);
}

char *lc_json_dump(json_t *value)
{
    char *text = json_dumps(value, HOW);
    json_decref(value);
    return text;
}

void lc_json_put_open(struct lc_out *out, json_t *value)
{
    char *text = lc_json_dump(value);
    lc_out_mem(out, text, strlen(text) - 1);
    free(text);
}

struct lc_json_list lc_json_list_begin(struct lc_out *out, const char *key)
{
    if (key)
        lc_out_fmt(out, ",\n\"%s\": ", key);
    lc_out_char(out, '[');
    return (struct lc_json_list){out, "\n"};
}

void lc_json_list_next(struct lc_json_list *list)
{
    lc_out_str(list->out, list->separator);
    list->separator = ",\n";
}

void lc_json_list_put(struct lc_json_list *list, json_t *item)
{
    lc_json_list_next(list);
    lc_json_put(list->out, item);
}

void lc_json_list_end(struct lc_json_list *list)
{
    lc_out_str(list->out, "]");
}
