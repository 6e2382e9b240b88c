#include "tally_read.h"

#include "complain.h"
#include "report/words.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) && json_integer_value(value) > 0 ? (uint64_t)json_integer_value(value) : 0;
}

static const char *string(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

/* False, and told, at the first that is none. */
static bool add_items(lc_tally *t, const char *path, const json_t *root, const char *list, unsigned kinds)
{
    const json_t *items = json_object_get(root, list);
    size_t index;
    json_t *item;
    if (!json_is_array(items)) {
        lc_complain("%s: no report of leakcheck: \"%s\" is missing", path, list);
        return false;
    }
    bool is_leaks = strcmp(list, "records") == 0;
    json_array_foreach(items, index, item)
    {
        const char *fingerprint = string(item, "fingerprint"), *kind = string(item, "kind");
        int known = lc_words_find(is_leaks ? &lc_words_leak : &lc_words_error, kind);
        if (!lc_tally_is_fingerprint(fingerprint) || known < 0) {
            lc_complain("%s: \"%s\", item %zu: expected a kind and a fingerprint", path, list, index);
            return false;
        }
        struct lc_tally_item found = {.fingerprint = fingerprint,
                                      .kind = kind,
                                      .what = string(item, "sentence"),
                                      .bytes = is_leaks ? number(item, "bytes") : 0,
                                      .blocks = number(item, is_leaks ? "blocks" : "count"),
                                      .is_own = json_is_true(json_object_get(item, "own"))};
        if (!is_leaks || lc_leak_kind_bits((enum lc_leak_kind)known) & kinds)
            lc_tally_add(t, &found);
    }
    return true;
}

bool lc_tally_parse(lc_tally *t, const char *path, const char *text, size_t len, unsigned kinds)
{
    json_error_t error;
    json_t *root = json_loadb(text, len, 0, &error);
    if (!root) {
        lc_complain("%s:%d: %s", path, error.line, error.text);
        return false;
    }
    bool is_good = add_items(t, path, root, "records", kinds) && add_items(t, path, root, "errors", kinds);
    json_decref(root);
    return is_good;
}

/* The whole file when it is JSON, in memory of malloc; NULL when it is something else, or can't be read. */
static char *read_json(const char *path, size_t *len)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size = 0;
    *len = 0;
    int first = file ? fgetc(file) : EOF;
    if (first == '{') {
        ungetc(first, file);
        ssize_t n = getdelim(&text, &size, '\0', file);
        *len = n < 0 ? 0 : (size_t)n;
    }
    if (file)
        fclose(file);
    return text;
}

struct adding {
    lc_tally *tally;
    unsigned kinds;
};

static void add_findings(void *context, const struct lc_findings *f)
{
    const struct adding *a = context;
    lc_tally_findings(a->tally, f, a->kinds);
}

bool lc_tally_read(lc_tally *t, char *const *paths, size_t count, const struct lc_report_settings *settings)
{
    struct lc_logs logs = {0};
    bool is_good = true;
    for (size_t i = 0; i < count; i++) {
        size_t len;
        char *text = read_json(paths[i], &len);
        if (text)
            is_good &= lc_tally_parse(t, paths[i], text, len, settings->options.errors_for_leak_kinds);
        else
            lc_logs_read(&logs, paths[i]);
        free(text);
    }
    is_good &= lc_logs_are_sound(&logs);
    lc_logs_drop_others(&logs);
    if (logs.count)
        is_good &= lc_report_look(settings, &logs, add_findings, &(struct adding){t, settings->options.errors_for_leak_kinds});
    lc_logs_free(&logs);
    return is_good;
}
