/* VmRSS by what it is used for, for people; and what the allocator's arenas hold. */
#include "report/account.h"
#include "report/escape.h"
#include "report/text.h"

static const char *const parts[] = {
    [LC_ACCOUNT_LIVE] = "live blocks",
    [LC_ACCOUNT_OVERHEAD] = "their headers and rounding",
    [LC_ACCOUNT_FREE] = "free, held by the allocator",
    [LC_ACCOUNT_HEAP] = "heap",
    [LC_ACCOUNT_ANONYMOUS] = "anonymous mappings",
    [LC_ACCOUNT_SHARED] = "shared memory",
    [LC_ACCOUNT_STACKS] = "stacks",
    [LC_ACCOUNT_TLS] = "thread-local storage",
    [LC_ACCOUNT_CODE] = "code",
    [LC_ACCOUNT_MODULE_DATA] = "constants and data of modules",
    [LC_ACCOUNT_FILES] = "mapped files",
    [LC_ACCOUNT_KERNEL] = "vdso",
    [LC_ACCOUNT_OWN] = "leakcheck's own",
};
static_assert(LC_ARRAY_LEN(parts) == LC_ACCOUNT_COUNT, "a word for every part");

static const struct {
    enum lc_leak_kind kind;
    const char *word;
} classes[] = {
    {LC_LEAK_DEFINITE, "definitely lost"},    {LC_LEAK_INDIRECT, "indirectly lost"},
    {LC_LEAK_POSSIBLE, "possibly lost"},      {LC_LEAK_TAGGED, "possibly lost (tagged)"},
    {LC_LEAK_REACHABLE, "still reachable"},   {LC_LEAK_UNFREED, "not freed"},
    {LC_LEAK_SUPPRESSED, "suppressed"},       {LC_LEAK_MAPPING, "lost mappings"},
};

static void put_item(struct lc_out *out, const char **separator, uint64_t bytes, const char *what)
{
    char size[16];
    if (!bytes)
        return;
    lc_out_fmt(out, "%s%s ", *separator, lc_format_size(size, bytes));
    lc_escape_text(out, what);
    *separator = ", ";
}

static void put_classes(struct lc_out *out, const struct lc_findings *f, const struct lc_account *a)
{
    const char *separator = ": ";
    for (size_t i = 0; i < LC_ARRAY_LEN(classes); i++)
        if (classes[i].kind != LC_LEAK_MAPPING) /* no block */
            put_item(out, &separator, f->footprints[classes[i].kind].resident, classes[i].word);
    put_item(out, &separator, a->other_live, "the runtime's");
}

static void put_arena_frees(struct lc_out *out, const struct lc_findings *f)
{
    const char *separator = ": ";
    for (size_t i = 0; i < f->arena_count && f->arena_count > 1; i++)
        put_item(out, &separator, lc_account_free_of(&f->arenas[i]), f->arenas[i].name);
}

static void put_part(struct lc_out *out, const char *prefix, const struct lc_findings *f, const struct lc_account *a,
                     enum lc_account_part part)
{
    char size[16];
    lc_out_fmt(out, "%s  %8s  %s", prefix, lc_format_size(size, a->resident[part]), parts[part]);
    if (part == LC_ACCOUNT_LIVE)
        put_classes(out, f, a);
    if (part == LC_ACCOUNT_FREE)
        put_arena_frees(out, f);
    const char *separator = ", ";
    if (part == LC_ACCOUNT_ANONYMOUS)
        put_item(out, &separator, f->footprints[LC_LEAK_MAPPING].resident, "in lost mappings");
    lc_out_char(out, '\n');
}

void lc_text_account(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer)
{
    struct lc_account a;
    char size[16];
    if (!lc_account_make(f, &a))
        return;
    for (unsigned part = 0; part < LC_ACCOUNT_COUNT; part++) {
        if (a.resident[part])
            put_part(out, prefix, f, &a, (enum lc_account_part)part);
        if (part == LC_ACCOUNT_ANONYMOUS && a.resident[part])
            lc_text_mappers(out, prefix, f, namer);
    }
    uint64_t remainder = (uint64_t)(a.remainder < 0 ? -a.remainder : a.remainder);
    if (remainder)
        lc_text_line(out, prefix, "  %8s  %s", lc_format_size(size, remainder),
                     a.remainder < 0 ? "less: counted twice above, or gone meanwhile" : "not told by any region");
    lc_text_line(out, prefix, "  %8s  %s", lc_format_size(size, a.total),
                 f->memory.is_known ? "in RAM (VmRSS)" : "in RAM");
}

void lc_text_classes(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    char resident[16], swapped[16], untouched[16];
    if (!f->has_footprints)
        return;
    lc_text_line(out, prefix, "  %8s %8s %8s %9s  %s", "RESIDENT", "SWAPPED", "UNUSED", "PINNED", "BLOCKS (PINNED: PAGES THAT NOTHING ELSE IS ON)");
    for (size_t i = 0; i < LC_ARRAY_LEN(classes); i++) {
        const struct lc_footprint *p = &f->footprints[classes[i].kind];
        if (p->resident || p->swapped || p->untouched)
            lc_text_line(out, prefix, "  %8s %8s %8s %'9lu  %s", lc_format_size(resident, p->resident),
                         lc_format_size(swapped, p->swapped), lc_format_size(untouched, p->untouched),
                         (unsigned long)(p->pinned / LC_PAGE_SIZE), classes[i].word);
    }
    lc_text_line(out, prefix, "%s", "");
}

static void put_arena(struct lc_out *out, const char *prefix, const struct lc_arena *a)
{
    char size[16], resident[16], swapped[16], live[16], overhead[16], unused[16], top[16];
    lc_out_fmt(out, "%s  %8s %8s %8s %8s %8s %8s %8s %'9lu  ", prefix, lc_format_size(size, a->size),
               lc_format_size(resident, a->resident), lc_format_size(swapped, a->swapped),
               lc_format_size(live, a->bytes_resident), lc_format_size(overhead, a->overhead_resident),
               lc_format_size(unused, lc_account_free_of(a)), lc_format_size(top, a->top), (unsigned long)a->blocks);
    lc_escape_text(out, a->name);
    lc_out_char(out, '\n');
}

void lc_text_arenas(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    if (!f->arena_count)
        return;
    lc_text_line(out, prefix, "  %8s %8s %8s %8s %8s %8s %8s %9s  %s", "VIRTUAL", "RESIDENT", "SWAPPED", "LIVE",
                 "HEADERS", "FREE", "TOP", "BLOCKS", "ARENA");
    for (size_t i = 0; i < f->arena_count; i++)
        put_arena(out, prefix, &f->arenas[i]);
    lc_text_line(out, prefix, "%s", "");
}
