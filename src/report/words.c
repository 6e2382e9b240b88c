#include "report/words.h"

#include <string.h>

static const char *const leak[] = {
    [LC_LEAK_UNFREED] = "unfreed",   [LC_LEAK_DEFINITE] = "definite", [LC_LEAK_INDIRECT] = "indirect",
    [LC_LEAK_POSSIBLE] = "possible", [LC_LEAK_TAGGED] = "tagged",     [LC_LEAK_REACHABLE] = "reachable",
    [LC_LEAK_MAPPING] = "mapping",   [LC_LEAK_SUPPRESSED] = "suppressed",
};
static_assert(LC_ARRAY_LEN(leak) == LC_LEAK_KIND_COUNT, "a word for every kind of leak");

static const char *const holder[] = {
    [LC_HOLDER_GLOBALS] = "globals",   [LC_HOLDER_STACK] = "stack",   [LC_HOLDER_REGISTER] = "register",
    [LC_HOLDER_TLS] = "tls",           [LC_HOLDER_MAPPING] = "mapping", [LC_HOLDER_SHARED] = "shared",
    [LC_HOLDER_USER] = "user",         [LC_HOLDER_BLOCK] = "block",   [LC_HOLDER_UNKNOWN] = "unknown",
};
static_assert(LC_ARRAY_LEN(holder) == LC_HOLDER_COUNT, "a word for every holder");

static const char *const error[] = {
    [LC_ERROR_MISMATCHED_FREE] = "mismatched-free",
    [LC_ERROR_DOUBLE_FREE] = "double-free",
    [LC_ERROR_INVALID_FREE] = "invalid-free",
};

static const char *const end[] = {
    [LC_END_RUNNING] = "running",
    [LC_END_STATUS] = "status",
    [LC_END_SIGNAL] = "signal",
    [LC_END_EXEC] = "exec",
};

static const char *const region[] = {
    [LC_REGION_CODE] = "code",           [LC_REGION_RODATA] = "rodata",
    [LC_REGION_DATA] = "data",           [LC_REGION_BSS] = "bss",
    [LC_REGION_HEAP] = "heap",           [LC_REGION_STACK] = "stack",
    [LC_REGION_ANONYMOUS] = "anonymous", [LC_REGION_FILE] = "file",
    [LC_REGION_SHARED] = "shared",       [LC_REGION_GUARD] = "guard",
    [LC_REGION_KERNEL] = "kernel",       [LC_REGION_OWN] = "leakcheck",
    [LC_REGION_TLS] = "tls",
};
static_assert(LC_ARRAY_LEN(region) == LC_REGION_KIND_COUNT, "a word for every kind of region");

static const char *const fact[] = {
    [LC_FACT_FAULTS] = "faults",         [LC_FACT_LIMIT] = "limit",   [LC_FACT_CGROUP] = "cgroup",
    [LC_FACT_ADDRESS] = "address-space", [LC_FACT_SYSTEM] = "system", [LC_FACT_KERNEL] = "kernel",
};
static_assert(LC_ARRAY_LEN(fact) == LC_FACT_GROUP_COUNT, "a word for every group of facts");

static const char *const place[] = {
    [LC_PLACE_NULL] = "null",           [LC_PLACE_UNMAPPED] = "unmapped",   [LC_PLACE_OVERFLOW] = "overflow",
    [LC_PLACE_REGION] = "region",       [LC_PLACE_PAST_FILE] = "past-file", [LC_PLACE_NON_CANONICAL] = "non-canonical",
    [LC_PLACE_BLOCK] = "block",         [LC_PLACE_FREED] = "freed",         [LC_PLACE_BEFORE_BLOCK] = "before-block",
    [LC_PLACE_PAST_BLOCK] = "past-block", [LC_PLACE_MODULE] = "module",
};
static_assert(LC_ARRAY_LEN(place) == LC_PLACE_COUNT, "a word for every kind of place");

static const char *const access_words[] = {
    [LC_ACCESS_UNKNOWN] = "unknown", [LC_ACCESS_READ] = "read", [LC_ACCESS_WRITE] = "write", [LC_ACCESS_EXECUTE] = "execute",
};

const struct lc_words lc_words_place = {place, LC_ARRAY_LEN(place)};
const struct lc_words lc_words_access = {access_words, LC_ARRAY_LEN(access_words)};
const struct lc_words lc_words_leak = {leak, LC_ARRAY_LEN(leak)};
const struct lc_words lc_words_holder = {holder, LC_ARRAY_LEN(holder)};
const struct lc_words lc_words_error = {error, LC_ARRAY_LEN(error)};
const struct lc_words lc_words_end = {end, LC_ARRAY_LEN(end)};
const struct lc_words lc_words_fact = {fact, LC_ARRAY_LEN(fact)};
const struct lc_words lc_words_region = {region, LC_ARRAY_LEN(region)};

int lc_words_find(const struct lc_words *words, const char *word)
{
    for (unsigned i = 0; i < words->count; i++)
        if (strcmp(words->word[i], word) == 0)
            return (int)i;
    return -1;
}
