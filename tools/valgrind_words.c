#include "valgrind_words.h"

#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_TREE "xtleak.kcg.%p"

/* What follows `prefix` in `word`, or NULL. */
static const char *after(const char *word, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(word, prefix, len) == 0 ? word + len : NULL;
}

static bool add_formatted(bool (*add)(void *, const char *), void *context, const char *name, const char *value)
{
    char *text = lc_mem_format("%s%s", name, value);
    bool is_good = add(context, text);
    free(text);
    return is_good;
}

/* A word that says a thing by itself. */
static bool take_log(const char *word, bool (*add)(void *, const char *), void *context, bool *is_good)
{
    const char *value;
    if ((value = after(word, "--log-fd=")))
        *is_good = add_formatted(add, context, "log-file=/dev/fd/", value);
    else if ((value = after(word, "--log-socket=")))
        *is_good = add(context, "format=none") && add_formatted(add, context, "output=text:tcp:", value);
    else
        return false;
    return true;
}

static bool take_switch(const char *word, const char *name, bool *to, bool *is_good)
{
    const char *value = after(word, name);
    if (!value)
        return false;
    *to = strcmp(value, "yes") == 0;
    *is_good = *to || strcmp(value, "no") == 0;
    if (!*is_good)
        fprintf(stderr, "leakcheck: option '%.*s' takes yes|no, not '%s'\n", (int)strlen(name) - 3, name + 2, value);
    return true;
}

bool lc_valgrind_word(struct lc_valgrind_words *v, const char *word, bool (*add)(void *, const char *), void *context, bool *is_good)
{
    const char *value;
    *is_good = true;
    if (take_log(word, add, context, is_good) || take_switch(word, "--xml=", &v->has_xml, is_good) ||
        take_switch(word, "--xtree-leak=", &v->has_tree, is_good))
        return true;
    if ((value = after(word, "--xtree-leak-file=")))
        v->tree = value;
    else if ((value = after(word, "--xml-file=")))
        v->xml = value;
    else if ((value = after(word, "--xml-fd=")))
        v->xml = lc_mem_format("/dev/fd/%s", value);
    else if ((value = after(word, "--xml-socket=")))
        v->xml = lc_mem_format("tcp:%s", value);
    else
        return false;
    return true;
}

bool lc_valgrind_words_end(const struct lc_valgrind_words *v, bool (*add)(void *, const char *), void *context)
{
    if (v->has_xml && !v->xml) {
        fprintf(stderr, "leakcheck: --xml=yes needs --xml-file=, --xml-fd= or --xml-socket=, too\n");
        return false;
    }
    if (v->has_xml && !(add(context, "format=none") && add_formatted(add, context, "output=xml:", v->xml)))
        return false;
    return !v->has_tree || add_formatted(add, context, "output=callgrind:", v->tree ? v->tree : DEFAULT_TREE);
}
