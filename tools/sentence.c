#include "sentence.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 80     /* of a function; names of templates have thousands */
#define COMMAND_MAX_BYTES 200 /* of the arguments that are repeated */

static const char *const verbs[] = {
    [LC_LEAK_UNFREED] = "not freed",      [LC_LEAK_DEFINITE] = "lost",
    [LC_LEAK_INDIRECT] = "indirectly lost", [LC_LEAK_POSSIBLE] = "possibly lost",
    [LC_LEAK_TAGGED] = "possibly lost",   [LC_LEAK_REACHABLE] = "still reachable",
    [LC_LEAK_MAPPING] = "mapped and lost", [LC_LEAK_SUPPRESSED] = "suppressed",
};

static char *name_of(const struct lc_call *call)
{
    const char *name = call->at.function;
    if (!name)
        return call->module ? lc_mem_format("%s", lc_call_module_name(call)) : lc_mem_format("unknown code");
    size_t len = strnlen(name, NAME_MAX_BYTES + 1);
    bool is_cut = len > NAME_MAX_BYTES;
    return lc_mem_format("`%.*s%s`", is_cut ? NAME_MAX_BYTES : (int)len, name, is_cut ? "..." : "");
}

/* The caller: the next one out that goes by another name. */
char *lc_sentence_place(const struct lc_calls *calls, size_t owner)
{
    if (owner == 0 || owner >= calls->count)
        return lc_mem_format("at an unknown place");
    char *function = name_of(&calls->at[owner]), *text = NULL;
    for (size_t i = owner + 1; i < calls->count && !text; i++) {
        char *caller = name_of(&calls->at[i]);
        if (strcmp(caller, function) != 0 && calls->at[i].at.function)
            text = lc_mem_format("in %s, called from %s", function, caller);
        free(caller);
    }
    if (!text)
        text = lc_mem_format("in %s", function);
    free(function);
    return text;
}

static char *times(uint64_t count)
{
    return count == 1 ? lc_mem_format("once") : lc_mem_format("%lu times", (unsigned long)count);
}

char *lc_sentence_leak(const struct lc_leak *l, const struct lc_calls *calls, size_t owner)
{
    char *place = lc_sentence_place(calls, owner), *often = times(l->blocks);
    char *text = lc_mem_format("%lu %s%s %s %s %s", (unsigned long)l->bytes, l->bytes == 1 ? "byte" : "bytes",
                               l->blocks > 1 ? " in all," : "", verbs[l->kind], often, place);
    if (l->hanging_blocks) {
        char *longer = lc_mem_format("%s; %lu more hang from %s", text, (unsigned long)l->hanging_bytes,
                                     l->blocks == 1 ? "it" : "them");
        free(text);
        text = longer;
    }
    free(place);
    free(often);
    return text;
}

char *lc_sentence_error(const struct lc_error *e, const struct lc_calls *calls, size_t owner)
{
    static const char *const what[] = {
        [LC_ERROR_MISMATCHED_FREE] = "a block freed by the wrong function",
        [LC_ERROR_DOUBLE_FREE] = "a block freed that was free already",
        [LC_ERROR_INVALID_FREE] = "an address freed that is no block",
    };
    char *place = lc_sentence_place(calls, owner), *often = times(e->count);
    char *text = lc_mem_format("%s, %s %s", what[e->kind], often, place);
    free(place);
    free(often);
    return text;
}

static const char *option_for(const struct lc_leak *l)
{
    switch (l->kind) {
    case LC_LEAK_REACHABLE:
    case LC_LEAK_POSSIBLE:
    case LC_LEAK_TAGGED:
        return "--show-root-path=yes";
    case LC_LEAK_MAPPING:
        return "--memory-map=full";
    case LC_LEAK_DEFINITE:
        return l->hanging_blocks ? "--show-tree=yes" : "-v";
    default:
        return NULL;
    }
}

/* Quoted for a shell where it must be. */
static char *quoted(const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%";
    if (*word && strspn(word, plain) == strlen(word))
        return lc_mem_format("%s", word);
    char *text = lc_mem_format("'");
    while (*word) {
        size_t len = strcspn(word, "'");
        char *longer = lc_mem_format("%s%.*s%s", text, (int)len, word, word[len] ? "'\\''" : "");
        free(text);
        text = longer;
        word += len + (word[len] != '\0');
    }
    char *whole = lc_mem_format("%s'", text);
    free(text);
    return whole;
}

char *lc_sentence_command(const struct lc_leak *l, const struct lc_process *p)
{
    const char *option = option_for(l);
    if (!option || !p->argument_count)
        return NULL;
    char *text = lc_mem_format("leakcheck %s", option);
    for (size_t i = 0; i < p->argument_count; i++) {
        char *word = quoted(p->arguments[i]);
        bool is_long = strlen(text) + strlen(word) > COMMAND_MAX_BYTES;
        char *longer = lc_mem_format("%s %s", text, is_long ? "..." : word);
        free(word);
        free(text);
        text = longer;
        if (is_long)
            break;
    }
    return text;
}
