/* The maps parser and what is built on it, over any bytes: no fault, and regions that keep their promises.
 * The first byte is the size of the pieces. */
#include "vm/kinds.h"
#include "vm/maps.h"
#include "vm/purpose.h"
#include "vm/status.h"

#include <string.h>

#define REGIONS_MAX 64
#define NAMES_MAX 65536

static struct lc_maps parser;
static struct lc_vm_region regions[REGIONS_MAX];
static size_t count, names_len;
static char names[NAMES_MAX];

static void keep(void *arg, const struct lc_vm_region *r)
{
    (void)arg;
    size_t size = strlen(r->name) + 1;
    LC_ASSERT(r->range.start < r->range.end && strlen(r->permissions) == 4 && size <= LC_MAPS_LINE_MAX);
    bool is_above = count == 0 || regions[count - 1].range.end <= r->range.start;
    if (!is_above || count == REGIONS_MAX || size > NAMES_MAX - names_len)
        return;
    regions[count] = *r;
    regions[count++].name = memcpy(names + names_len, r->name, size);
    names_len += size;
}

static bool has_blocks(void *arg, struct lc_range range)
{
    (void)arg;
    return range.start & 0x1000;
}

static void classify(void)
{
    char purpose[LC_PURPOSE_MAX];
    struct lc_own own[] = {{{0x7000, 0x9000}, "own"}, {{0x2000, 0x3000}, "own too"}, {{0, 0}, "gone"}};
    struct lc_range modules[] = {{0x100000, 0x200000}, {0x10000, 0x20000}};
    struct lc_vm_thread threads[] = {{0x50700, 7}, {0x40700, 8}, {0xfffffffffffff000, 9}};
    struct lc_vm_hints hints = {.pid = 7, .own = own, .own_count = 3, .modules = modules, .module_count = 2, .threads = threads,
                                .thread_count = 3, .has_blocks = has_blocks};
    lc_kinds_set(regions, count, &hints);
    for (size_t i = 0; i < count; i++) {
        LC_ASSERT((unsigned)regions[i].kind < LC_REGION_KIND_COUNT);
        LC_ASSERT(strlen(lc_purpose_of(regions, count, i, &hints, purpose)) < LC_PURPOSE_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lc_vm_status status;
    if (size == 0)
        return 0;
    size_t piece = (size_t)data[0] + 1;
    const char *text = (const char *)data + 1;
    size--;
    count = names_len = 0;
    lc_maps_init(&parser, keep, NULL);
    for (size_t at = 0; at < size; at += piece)
        lc_maps_feed(&parser, text + at, size - at < piece ? size - at : piece);
    lc_maps_finish(&parser);
    classify();
    lc_vm_status_parse(text, size, &status);
    return 0;
}
