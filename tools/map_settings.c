/* The arguments of --map and what belongs to it. */
#include "map.h"

#include "base/out.h"
#include "report/words.h"

#include <string.h>

static const char *const parts[] = {"picture", "summary", "table"};
static const struct lc_words part_words = {parts, LC_ARRAY_LEN(parts)};
static const char *const sorts[] = {"address", "rss", "virtual", "swap", "leaked"};
static const struct lc_words sort_words = {sorts, LC_ARRAY_LEN(sorts)};

static char wrong[256];

static const char *complain(const char *what, const char *word, size_t len, const struct lc_words *words)
{
    struct lc_out out;
    lc_out_init(&out, -1, wrong, sizeof wrong - 1);
    lc_out_fmt(&out, "%s takes", what);
    for (unsigned i = 0; i < words->count; i++)
        lc_out_fmt(&out, "%s %s", i ? "," : "", words->word[i]);
    lc_out_fmt(&out, ", not '%.*s'", (int)len, word);
    wrong[out.len] = '\0';
    return wrong;
}

/* The enumerators of words that commas separate, a bit each. */
static const char *read_words(const char *what, const char *text, const struct lc_words *words, uint64_t *out)
{
    char word[32];
    *out = 0;
    for (size_t len;; text += len + 1) {
        len = strcspn(text, ",");
        lc_format(word, sizeof word, "%.*s", (int)len, text);
        int found = lc_words_find(words, word);
        if (found < 0)
            return complain(what, text, len, words);
        *out |= (uint64_t)1 << found;
        if (!text[len])
            return NULL;
    }
}

const char *lc_map_set_parts(struct lc_map_settings *s, const char *text)
{
    uint64_t bits = LC_MAP_ALL;
    const char *why = text ? read_words("--map", text, &part_words, &bits) : NULL;
    s->parts = (unsigned)bits;
    return why;
}

const char *lc_map_set_kinds(struct lc_map_settings *s, const char *text)
{
    return read_words("--kind", text, &lc_words_region, &s->kinds);
}

const char *lc_map_set_sort(struct lc_map_settings *s, const char *text)
{
    int found = lc_words_find(&sort_words, text);
    if (found < 0)
        return complain("--sort", text, strlen(text), &sort_words);
    s->sort = (enum lc_map_sort)found;
    return NULL;
}
