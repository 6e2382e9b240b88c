/* Options that are set are told as they were set, and can be set again from what is told. */
#include "base/options.h"

#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

enum { SEEDS = 2000 };

static uint64_t seed;
static unsigned complaints;

static void make_bool(char *to, const char *name)
{
    (void)name;
    strcpy(to, random_below(2) ? "yes" : "no");
}

static void make_uint(char *to, const char *name)
{
    (void)name;
    sprintf(to, "%lu", 1 + random_below(255));
}

static void make_choice(char *to, const char *name)
{
#define LC_CHOICE(field, word, value) {#field, word},
    static const struct {
        const char *field, *word;
    } choices[] = {
#include "base/options.def"
    };
    unsigned i;
    do
        i = (unsigned)random_below(LC_ARRAY_LEN(choices));
    while (strcmp(choices[i].field, name) != 0);
    strcpy(to, choices[i].word);
}

static void make_string(char *to, const char *name)
{
    (void)name;
    static const char alphabet[] = "abc:\\=,%/ ";
    size_t len = random_below(random_below(10) ? 12 : LC_OPTION_STRING_MAX);
    for (size_t i = 0; i < len; i++)
        to[i] = alphabet[random_below(sizeof alphabet - 1)];
    to[len] = '\0';
}

/* An empty item would empty the list. */
static void make_list(char *to, const char *name)
{
    make_string(to + 1, name);
    *to = 'x';
    to[LC_OPTION_STRING_MAX / 8] = '\0';
}

static void make_kinds(char *to, const char *name)
{
    (void)name;
    static const char *const sets[] = {"all", "none", "definite", "definite,reachable", "indirect,possible"};
    strcpy(to, sets[random_below(LC_ARRAY_LEN(sets))]);
}

static void make_heuristics(char *to, const char *name)
{
    (void)name;
    static const char *const sets[] = {"all", "none", "newarray", "stdstring,length64,multipleinheritance"};
    strcpy(to, sets[random_below(LC_ARRAY_LEN(sets))]);
}

static const struct {
    const char *name, *field;
    void (*make_value)(char *to, const char *field);
} list[] = {
#define LC_OPTION(name, field, type, default, argument, help) {name, #field, make_##type},
#include "base/options.def"
};

#define ITEM_MAX LC_OPTION_TEXT_MAX

/* Sets some options to random values; the same as LEAKCHECK_OPTIONS goes to `all`. */
static void set_some(struct lc_options *o, char *all)
{
    char item[ITEM_MAX], why[256];
    for (size_t i = 0; i < LC_ARRAY_LEN(list); i++) {
        if (random_below(2))
            continue;
        char *value = item + sprintf(item, "%s=", list[i].name);
        list[i].make_value(value, list[i].field);
        cr_assert(eq(int, lc_options_set(o, item, strlen(item), why, sizeof why), 0), "seed %lu: %s", seed, why);
        for (const char *p = item; *p; *all++ = *p++)
            if (*p == ':' || *p == '\\')
                *all++ = '\\';
        *all++ = ':';
    }
    *all = '\0';
}

static void complain(const char *why)
{
    (void)why;
    complaints++;
}

static void check_same(const struct lc_options *a, const struct lc_options *b)
{
    char one[ITEM_MAX], other[ITEM_MAX];
    for (size_t i = 0;; i++) {
        bool is_more = lc_options_changed(a, i, one, sizeof one);
        cr_assert(eq(int, lc_options_changed(b, i, other, sizeof other), is_more), "seed %lu", seed);
        if (!is_more)
            return;
        cr_assert(eq(str, one, other), "seed %lu", seed);
    }
}

/* From what is told of them. */
static void copy(struct lc_options *to, const struct lc_options *from)
{
    char item[ITEM_MAX], why[256];
    for (size_t i = 0; lc_options_changed(from, i, item, sizeof item); i++)
        cr_assert(eq(int, lc_options_set(to, item, strlen(item), why, sizeof why), 0), "seed %lu: %s", seed, why);
}

Test(prop_options, come_back_from_what_is_told_and_from_a_list)
{
    static char all[LC_ARRAY_LEN(list) * 2 * ITEM_MAX];
    static struct lc_options set, copied, parsed;
    for (seed = 1; seed <= SEEDS; seed++) {
        random_start(seed);
        lc_options_init(&set);
        lc_options_init(&copied);
        lc_options_init(&parsed);
        set_some(&set, all);
        copy(&copied, &set);
        check_same(&copied, &set);
        lc_options_parse(&parsed, all, complain);
        check_same(&parsed, &set);
        cr_assert(eq(uint, complaints, 0), "seed %lu", seed);
    }
}
