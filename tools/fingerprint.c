#include "fingerprint.h"

#include "base/out.h"
#include "function_name.h"

#include <string.h>

#define FUNCTIONS 4 /* enough to tell the callers of a helper apart, few enough to outlast changes further out */
#define NAME_MAX_BYTES 512

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/* The text and the NUL that ends it. */
static uint64_t mix(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
    while (*text++);
    return hash;
}

/* "libfoo.so" of "libfoo.so.1.2". */
static uint64_t mix_module(uint64_t hash, const struct lc_call *call)
{
    char name[NAME_MAX_BYTES];
    lc_format(name, sizeof name, "%s", lc_call_module_name(call));
    char *version = strstr(name, ".so.");
    if (version)
        version[strlen(".so")] = '\0';
    return mix(hash, name);
}

/* Of the calls that `is_counted` lets by: how many were there. */
static unsigned mix_calls(uint64_t *hash, const struct lc_calls *calls, bool with_runtime)
{
    char name[NAME_MAX_BYTES], last[NAME_MAX_BYTES] = "";
    unsigned count = 0;
    for (size_t i = 1; i < calls->count && count < FUNCTIONS; i++) {
        const struct lc_call *call = &calls->at[i];
        if (!with_runtime && lc_call_is_runtime(call))
            continue;
        if (count == 0)
            *hash = mix_module(*hash, call);
        lc_plain_function_name(call->at.function ? call->at.function : "", name, sizeof name);
        if (count && strcmp(name, last) == 0)
            continue;
        *hash = mix(*hash, name);
        memcpy(last, name, sizeof name);
        count++;
    }
    return count;
}

void lc_fingerprint(char out[LC_FINGERPRINT_SIZE], const char *kind, const struct lc_calls *calls)
{
    uint64_t hash = mix(FNV_BASIS, kind);
    if (mix_calls(&hash, calls, false) == 0)
        mix_calls(&hash, calls, true); /* all of it is the runtime's */
    lc_format(out, LC_FINGERPRINT_SIZE, "%016lx", (unsigned long)hash);
}
