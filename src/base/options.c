#include "base/options.h"

#include "base/out.h"

#include <errno.h>
#include <string.h>

enum type { TYPE_bool, TYPE_uint, TYPE_choice, TYPE_string, TYPE_list, TYPE_kinds, TYPE_heuristics };

struct entry {
    const char *name;
    enum type type;
    size_t offset;
    const char *argument;
};

static const struct entry entries[] = {
#define LC_OPTION(name, field, type, default, argument, help)                                            \
    {name, TYPE_##type, offsetof(struct lc_options, field), argument},
#include "base/options.def"
};

struct choice {
    size_t offset;
    const char *word;
    int value;
};

static const struct choice choices[] = {
#define LC_CHOICE(field, word, value) {offsetof(struct lc_options, field), word, value},
#include "base/options.def"
};

/* Strings start empty unless their default says otherwise, so that the struct can live in zeroed memory. */
static const struct lc_options defaults = {
#define LC_OPTION(name, field, type, default, argument, help) .field = default,
#include "base/options.def"
};

void lc_options_init(struct lc_options *o)
{
    *o = defaults;
}

static bool is_word(const char *word, const char *text, size_t len)
{
    return strlen(word) == len && memcmp(word, text, len) == 0;
}

static const struct entry *find(const char *name, size_t len)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(entries); i++)
        if (is_word(entries[i].name, name, len))
            return &entries[i];
    return NULL;
}

static bool set_bool(bool *field, const char *value, size_t len)
{
    *field = is_word("yes", value, len);
    return *field || is_word("no", value, len);
}

/* The bounds stand in the argument as "low..high"; any other argument has none. */
static bool set_uint(const struct entry *e, unsigned *field, const char *value, size_t len)
{
    uint64_t number = 0;
    for (size_t i = 0; i < len; i++) {
        if (value[i] < '0' || value[i] > '9' || number > UINT32_MAX)
            return false;
        number = number * 10 + (unsigned)(value[i] - '0');
    }
    unsigned low = 0;
    uint64_t high = UINT32_MAX;
    const char *dots = strstr(e->argument, "..");
    if (dots) {
        low = (unsigned)(e->argument[0] - '0');
        high = 0;
        for (const char *p = dots + 2; *p; p++)
            high = high * 10 + (unsigned)(*p - '0');
    }
    *field = (unsigned)number;
    return len > 0 && number >= low && number <= high;
}

static int find_choice(const struct entry *e, const char *word, size_t len)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(choices); i++)
        if (choices[i].offset == e->offset && is_word(choices[i].word, word, len))
            return choices[i].value;
    return -1;
}

static bool set_choice(const struct entry *e, int *field, const char *value, size_t len)
{
    *field = find_choice(e, value, len);
    return *field >= 0;
}

int lc_options_choice(const char *name, const char *word, size_t len)
{
    const struct entry *e = find(name, strlen(name));
    LC_ASSERT(e);
    return find_choice(e, word, len);
}

static bool set_string(char *field, const char *value, size_t len)
{
    if (len >= LC_OPTION_STRING_MAX)
        return false;
    memcpy(field, value, len);
    field[len] = '\0';
    return true;
}

/* One more item. An empty value empties the list. */
static bool add_item(char *field, const char *value, size_t len)
{
    size_t used = len ? strlen(field) : 0;
    if (used + len + 2 > LC_OPTION_LIST_MAX || memchr(value, '\n', len))
        return false;
    memcpy(field + used, value, len);
    field[used + len] = len ? '\n' : '\0';
    field[used + len + (len != 0)] = '\0';
    return true;
}

const char *lc_options_next(const char **rest, size_t *len)
{
    const char *item = *rest;
    if (!*item)
        return NULL;
    *len = strcspn(item, "\n");
    *rest = item + *len + (item[*len] == '\n');
    return item;
}

/* The words of a set, one bit each; of either kind there are as many. */
#define SET_WORDS 4
#define SET_ALL ((1u << SET_WORDS) - 1)
static const char *const kinds[SET_WORDS] = {"definite", "indirect", "possible", "reachable"};
const char *const lc_heuristic_words[SET_WORDS] = {"stdstring", "length64", "newarray", "multipleinheritance"};
static_assert(SET_ALL == LC_KINDS_ALL && SET_ALL == LC_HEURISTICS_ALL, "one bit a word");

static const char *const *words_of(const struct entry *e)
{
    return e->type == TYPE_kinds ? kinds : lc_heuristic_words;
}

static bool add_word(const char *const *words, unsigned *set, const char *word, size_t len)
{
    for (unsigned i = 0; i < SET_WORDS; i++)
        if (is_word(words[i], word, len)) {
            *set |= 1u << i;
            return true;
        }
    return false;
}

static bool set_words(const char *const *words, unsigned *field, const char *value, size_t len)
{
    const char *end = value + len;
    *field = is_word("all", value, len) ? SET_ALL : 0;
    if (*field || is_word("none", value, len))
        return true;
    for (;;) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *stop = comma ? comma : end;
        if (!add_word(words, field, value, (size_t)(stop - value)))
            return false;
        if (!comma)
            return true;
        value = comma + 1;
    }
}

static bool set_value(struct lc_options *o, const struct entry *e, const char *value, size_t len)
{
    char *field = (char *)o + e->offset;
    switch (e->type) {
    case TYPE_bool:
        return set_bool((bool *)field, value, len);
    case TYPE_uint:
        return set_uint(e, (unsigned *)(void *)field, value, len);
    case TYPE_choice:
        return set_choice(e, (int *)(void *)field, value, len);
    case TYPE_string:
        return set_string(field, value, len);
    case TYPE_list:
        return add_item(field, value, len);
    case TYPE_kinds:
    case TYPE_heuristics:
        return set_words(words_of(e), (unsigned *)(void *)field, value, len);
    }
    return false;
}

int lc_options_set(struct lc_options *o, const char *text, size_t len, char *why, size_t why_size)
{
    const char *equals = memchr(text, '=', len);
    size_t name_len = equals ? (size_t)(equals - text) : len;
    const struct entry *e = find(text, name_len);
    if (!e) {
        lc_format(why, why_size, "unknown option '%.*s'; see leakcheck --help", (int)name_len, text);
        return -EINVAL;
    }
    const char *value = equals ? equals + 1 : "";
    size_t value_len = equals ? len - name_len - 1 : 0;
    struct lc_options before = *o;
    if (!equals && e->type == TYPE_bool) /* by its bare name, as on a command line */
        equals = value = "yes", value_len = 3;
    if (equals && set_value(o, e, value, value_len))
        return 0;
    *o = before;
    lc_format(why, why_size, "option '%s' takes %s, not '%.*s'", e->name, e->argument, (int)value_len, value);
    return -EINVAL;
}

void lc_options_parse(struct lc_options *o, const char *text, void (*complain)(const char *why))
{
    char item[LC_OPTION_STRING_MAX + 64];
    char why[256];
    while (*text) {
        size_t len = 0;
        bool fits = true;
        for (; *text && *text != ':'; text++) {
            if (*text == '\\' && (text[1] == ':' || text[1] == '\\'))
                text++;
            if (len < sizeof item)
                item[len++] = *text;
            else
                fits = false;
        }
        if (*text)
            text++;
        if (!fits)
            complain("an option's value is too long");
        else if (len && lc_options_set(o, item, len, why, sizeof why) < 0)
            complain(why);
    }
}

static bool is_default(const struct lc_options *o, const struct entry *e)
{
    const char *a = (const char *)o + e->offset;
    const char *b = (const char *)&defaults + e->offset;
    switch (e->type) {
    case TYPE_bool:
        return *(const bool *)a == *(const bool *)b;
    case TYPE_uint:
    case TYPE_choice:
    case TYPE_kinds:
    case TYPE_heuristics:
        return memcmp(a, b, sizeof(int)) == 0;
    case TYPE_string:
    case TYPE_list:
        return strcmp(a, b) == 0;
    }
    return true;
}

static const char *choice_word(const struct entry *e, int value)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(choices); i++)
        if (choices[i].offset == e->offset && choices[i].value == value)
            return choices[i].word;
    return "";
}

static void format_words(const struct entry *e, unsigned set, char *buf, size_t size)
{
    struct lc_out out;
    lc_out_init(&out, -1, buf, size - 1);
    lc_out_fmt(&out, "%s=%s", e->name, set == SET_ALL ? "all" : set == 0 ? "none" : "");
    const char *comma = "";
    for (unsigned i = 0; set != SET_ALL && i < SET_WORDS; i++)
        if (set >> i & 1) {
            lc_out_fmt(&out, "%s%s", comma, words_of(e)[i]);
            comma = ",";
        }
    buf[out.len] = '\0';
}

static void format_entry(const struct lc_options *o, const struct entry *e, char *buf, size_t size)
{
    const char *field = (const char *)o + e->offset;
    switch (e->type) {
    case TYPE_bool:
        lc_format(buf, size, "%s=%s", e->name, *(const bool *)field ? "yes" : "no");
        break;
    case TYPE_uint:
        lc_format(buf, size, "%s=%u", e->name, *(const unsigned *)(const void *)field);
        break;
    case TYPE_choice:
        lc_format(buf, size, "%s=%s", e->name, choice_word(e, *(const int *)(const void *)field));
        break;
    case TYPE_string:
        lc_format(buf, size, "%s=%s", e->name, field);
        break;
    case TYPE_list:
        lc_format(buf, size, "%s=", e->name);
        break;
    case TYPE_kinds:
    case TYPE_heuristics:
        format_words(e, *(const unsigned *)(const void *)field, buf, size);
        break;
    }
}

void lc_options_format(const struct lc_options *o, const char *name, char *buf, size_t size)
{
    const struct entry *e = find(name, strlen(name));
    LC_ASSERT(e);
    format_entry(o, e, buf, size);
}

/* The `*index`-th item of the list, if it has so many; else their number is taken off. */
static bool format_item(const struct lc_options *o, const struct entry *e, size_t *index, char *buf, size_t size)
{
    size_t len;
    const char *rest = (const char *)o + e->offset;
    for (const char *item; (item = lc_options_next(&rest, &len));)
        if ((*index)-- == 0) {
            lc_format(buf, size, "%s=%.*s", e->name, (int)len, item);
            return true;
        }
    return false;
}

bool lc_options_changed(const struct lc_options *o, size_t index, char *buf, size_t size)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(entries); i++) {
        if (entries[i].type == TYPE_list) {
            if (format_item(o, &entries[i], &index, buf, size))
                return true;
            continue;
        }
        if (is_default(o, &entries[i]) || index--)
            continue;
        format_entry(o, &entries[i], buf, size);
        return true;
    }
    return false;
}
