#include "formats/call_texts.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* Strings are the namer's: one that is equal is the same, most often, and no harm is done where it isn't. */
struct lc_call_text {
    struct call_key {
        uintptr_t pc;
        const char *function;
        const struct lc_module *module;
        unsigned line;
    } key;
    char *text;
    UT_hash_handle hh;
};

const char *lc_call_texts_of(struct lc_call_texts *texts, const struct lc_call *call)
{
    struct lc_call_text *t;
    struct call_key key;
    memset(&key, 0, sizeof key); /* its padding is compared, too */
    key.pc = call->pc;
    key.function = call->at.function;
    key.module = call->module;
    key.line = call->at.line;
    HASH_FIND(hh, texts->all, &key, sizeof key, t);
    if (t)
        return t->text;
    t = lc_mem_alloc(1, sizeof *t);
    memcpy(&t->key, &key, sizeof key);
    t->text = texts->make(call);
    HASH_ADD(hh, texts->all, key, sizeof key, t);
    return t->text;
}

void lc_call_texts_free(struct lc_call_texts *texts)
{
    struct lc_call_text *t, *next;
    HASH_ITER (hh, texts->all, t, next) {
        HASH_DEL(texts->all, t);
        free(t->text);
        free(t);
    }
}
