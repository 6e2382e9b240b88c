#include "generate.h"

#include "mem.h"
#include "report/doors.h"

#include <stdio.h>
#include <stdlib.h>

#define CALLERS_MAX 24 /* VG_MAX_SUPP_CALLERS: more, and valgrind refuses the file */

static const char *kind_word(enum lc_leak_kind kind)
{
    switch (kind) {
    case LC_LEAK_DEFINITE:
        return "definite";
    case LC_LEAK_INDIRECT:
        return "indirect";
    case LC_LEAK_POSSIBLE:
    case LC_LEAK_TAGGED:
        return "possible";
    case LC_LEAK_REACHABLE:
        return "reachable";
    default:
        return NULL;
    }
}

/* A line: no name may end it, or begin another one. */
static void put_call(FILE *out, const struct lc_call *call)
{
    const char *name = call->is_door ? lc_door_symbol(call->at.function) : call->at.symbol;
    const char *kind = "fun";
    if (!name)
        name = call->at.function;
    if (!name && call->module) {
        kind = "obj";
        name = call->module->path;
    }
    fprintf(out, "   %s:", name ? kind : "obj");
    for (const char *p = name ? name : "*"; *p; p++)
        fputc((unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p, out);
    fputc('\n', out);
}

char *lc_generate_suppression(enum lc_leak_kind kind, const struct lc_calls *calls)
{
    char *text = NULL;
    size_t size = 0;
    if (!kind_word(kind))
        return NULL;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fprintf(out, "{\n   <insert_a_suppression_name_here>\n   Memcheck:Leak\n   match-leak-kinds: %s\n", kind_word(kind));
    for (size_t i = 0; i < calls->count && i < CALLERS_MAX; i++)
        put_call(out, &calls->at[i]);
    fprintf(out, "}\n");
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
