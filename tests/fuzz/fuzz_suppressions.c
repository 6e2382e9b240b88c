/* Any bytes as suppressions: the reader must stand them, and match with what it has made of them. */
#include "report/suppressions.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame, struct lc_location *out, unsigned max)
{
    static const char *const names[] = {"main", "ns::f(int)", NULL, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"};
    (void)namer, (void)f, (void)max;
    *out = (struct lc_location){.function = names[frame], .symbol = names[frame], .source = "/src/a.c", .line = 12};
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct lc_module module = {.path = "/lib/libx.so"};
    static struct lc_frame frames[] = {{.outer = LC_NONE}, {.outer = 0}, {.outer = 1, .module = LC_NONE}, {.outer = 2}};
    struct lc_leak leak = {.kind = LC_LEAK_DEFINITE, .site = {"malloc", 0, 3}, .bytes = 1, .blocks = 1};
    struct lc_findings f = {.modules = &module, .module_count = 1, .frames = frames, .frame_count = 4, .leaks = &leak, .leak_count = 1};
    struct lc_namer namer = {.locate = locate};
    struct lc_suppressions s = {0};
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    lc_suppressions_parse(&s, "fuzz", text);
    lc_suppressions_apply(&s, &f, &namer);
    for (size_t i = 0; i < s.count; i++) {
        LC_ASSERT(s.at[i].anywhere || (s.at[i].pattern_count && s.at[i].pattern_count <= 24));
        if (s.at[i].patterns)
            lc_pool_free(s.at[i].patterns, s.at[i].pattern_count * sizeof *s.at[i].patterns);
    }
    if (s.at)
        lc_pages_unmap(s.at, s.capacity * sizeof *s.at);
    free(text);
    return 0;
}
