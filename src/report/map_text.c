/* The mapped regions of the process, as a table; totals in the manner of Apple's vmmap. At most 100 columns,
 * before the paths, which stand last. */
#include "report/escape.h"
#include "report/text.h"
#include "report/words.h"

#include <string.h>

static const char *size_text(char buf[16], bool is_known, uint64_t bytes)
{
    return is_known ? lc_format_size(buf, bytes) : "-";
}

/* The mapping's innermost caller is who asked for it. */
static void put_mapper(struct lc_out *out, const struct lc_findings *f, const struct lc_region *r,
                       struct lc_namer *namer)
{
    struct lc_location at;
    lc_out_str(out, "  mapped by ");
    if (r->site.stack == LC_NONE) {
        lc_escape_text(out, r->site.function);
        return;
    }
    const struct lc_frame *frame = &f->frames[r->site.stack];
    namer->locate(namer, f, r->site.stack, &at, 1);
    lc_text_location(out, &at, frame->module == LC_NONE ? NULL : &f->modules[frame->module],
                     lc_frame_pc(frame));
}

static void put_word(struct lc_out *out, const char *word)
{
    lc_out_str(out, *word ? "  " : "");
    lc_escape_text(out, word);
}

static bool ends_with(const char *s, const char *end)
{
    size_t len = strlen(s), end_len = strlen(end);
    return len >= end_len && strcmp(s + len - end_len, end) == 0;
}

/* What most regions have none of. */
static void put_rare(struct lc_out *out, const struct lc_region *r)
{
    const struct lc_vm_region *vm = &r->vm;
    const struct {
        uint64_t bytes;
        const char *what;
    } figures[] = {
        {vm->proportional == vm->resident ? 0 : vm->proportional, "PSS"},
        {vm->locked, "locked"}, {vm->huge, "in huge pages"},     {vm->lazy, "given up by MADV_FREE"},
        {vm->guard, "guard"},   {vm->zero, "only read (zeroes)"}, {r->leaked, "lost"},
    };
    char size[16];
    const char *separator = "  (";
    for (size_t i = 0; i < LC_ARRAY_LEN(figures); i++) {
        if (!figures[i].bytes)
            continue;
        lc_out_fmt(out, "%s%s %s", separator, lc_format_size(size, figures[i].bytes), figures[i].what);
        separator = ", ";
    }
    lc_out_str(out, *separator == ',' ? ")" : "");
}

void lc_text_region_what(struct lc_out *out, const struct lc_findings *f, const struct lc_region *r, struct lc_namer *namer)
{
    put_word(out, r->vm.name);
    if (!ends_with(r->vm.name, r->purpose))
        put_word(out, r->purpose);
    if (*r->site.function)
        put_mapper(out, f, r, namer);
}

static void put_region(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                       const struct lc_region *r, struct lc_namer *namer)
{
    char size[16], resident[16], dirty[16], swapped[16], untouched[16];
    const struct lc_vm_region *vm = &r->vm;
    bool is_known = vm->has_residency;
    lc_out_fmt(out, "%s  %012lx-%012lx %s %6s %6s %6s %6s %6s  %-9s", prefix, (unsigned long)vm->range.start,
               (unsigned long)vm->range.end, vm->permissions, lc_format_size(size, lc_range_size(vm->range)),
               size_text(resident, is_known, vm->resident), size_text(dirty, is_known, vm->dirty),
               size_text(swapped, is_known, vm->swapped), size_text(untouched, is_known, lc_vm_region_untouched(vm)), lc_words_region.word[vm->kind]);
    lc_text_region_what(out, f, r, namer);
    put_rare(out, r);
    lc_out_char(out, '\n');
}

void lc_text_regions(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer)
{
    lc_text_line(out, prefix, "  %-25s %-4s %6s %6s %6s %6s %6s  %-9s  %s", "ADDRESSES", "PERM", "SIZE", "RSS",
                 "DIRTY", "SWAP", "UNUSED", "KIND", "WHAT");
    for (size_t i = 0; i < f->region_count; i++)
        put_region(out, prefix, f, &f->regions[i], namer);
    lc_text_line(out, prefix, "%s", "");
}

/* Virtual addresses by what they lead to, in pages. */
static void put_pages(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    uint64_t resident = 0, swapped = 0, zero = 0, untouched = 0, closed = 0;
    for (size_t i = 0; i < f->region_count; i++) {
        const struct lc_vm_region *vm = &f->regions[i].vm;
        bool is_closed = lc_vm_region_is_closed(vm);
        if (!vm->has_residency && !is_closed)
            return;
        resident += vm->resident;
        swapped += vm->swapped;
        zero += vm->zero;
        closed += vm->guard + (is_closed ? lc_vm_region_untouched(vm) : 0);
        untouched += is_closed ? 0 : lc_vm_region_untouched(vm);
    }
    lc_text_line(out, prefix,
                 "  pages: %'lu mapped to RAM, %'lu in swap, %'lu mapped to the page of zeroes, %'lu not mapped (never touched, or "
                 "given back), %'lu without access",
                 (unsigned long)(resident / LC_PAGE_SIZE), (unsigned long)(swapped / LC_PAGE_SIZE), (unsigned long)(zero / LC_PAGE_SIZE),
                 (unsigned long)(untouched / LC_PAGE_SIZE), (unsigned long)(closed / LC_PAGE_SIZE));
}

struct total {
    uint64_t size, resident, dirty, swapped, count;
    uint64_t unknown; /* regions whose residency could not be read */
};

static void add(struct total *t, const struct lc_vm_region *vm)
{
    t->count++;
    t->size += lc_range_size(vm->range);
    if (!vm->has_residency) {
        t->unknown++;
        return;
    }
    t->resident += vm->resident;
    t->dirty += vm->dirty;
    t->swapped += vm->swapped;
}

static void put_total(struct lc_out *out, const char *prefix, const char *word, const struct total *t)
{
    char size[16], resident[16], dirty[16], swapped[16];
    bool is_known = t->unknown < t->count;
    lc_text_line(out, prefix, "  %-14s %8s %8s %8s %8s %7lu", word, lc_format_size(size, t->size),
                 size_text(resident, is_known, t->resident), size_text(dirty, is_known, t->dirty),
                 size_text(swapped, is_known, t->swapped), (unsigned long)t->count);
}

void lc_text_region_totals(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    struct total kinds[LC_REGION_KIND_COUNT] = {0}, all = {0};
    for (size_t i = 0; i < f->region_count; i++) {
        add(&kinds[f->regions[i].vm.kind], &f->regions[i].vm);
        add(&all, &f->regions[i].vm);
    }
    lc_text_line(out, prefix, "  %-14s %8s %8s %8s %8s %7s", "REGION TYPE", "VIRTUAL", "RESIDENT", "DIRTY",
                 "SWAPPED", "COUNT");
    lc_text_line(out, prefix, "  %-14s %8s %8s %8s %8s %7s",
                 "===========", "=======", "========", "=====", "=======", "=====");
    for (unsigned kind = 0; kind < LC_REGION_KIND_COUNT; kind++)
        if (kinds[kind].count)
            put_total(out, prefix, lc_words_region.word[kind], &kinds[kind]);
    put_total(out, prefix, "TOTAL", &all);
    if (all.unknown)
        lc_text_line(out, prefix, "  (residency could not be read for %lu of them)",
                     (unsigned long)all.unknown);
    put_pages(out, prefix, f);
    if (f->is_partial)
        lc_text_line(out, prefix, "  (there may have been more: this log is incomplete)");
    lc_text_line(out, prefix, "%s", "");
}

static void put_missing(struct lc_out *out, const char *prefix, const struct lc_findings *f, const char *what)
{
    lc_text_line(out, prefix, "  The process's %s %s", what,
                 f->is_partial ? "are not in this log, which is incomplete" : "could not be read (/proc)");
}

/* The other figures of /proc/PID/status. */
static void put_status(struct lc_out *out, const char *prefix, const struct lc_vm_status *m)
{
    const struct {
        const char *name;
        uint64_t bytes;
    } figures[] = {
        {"RssAnon", m->rss_anon}, {"RssFile", m->rss_file}, {"RssShmem", m->rss_shmem}, {"VmLck", m->vm_lck},
        {"VmData", m->vm_data},   {"VmStk", m->vm_stk},     {"VmExe", m->vm_exe},       {"VmLib", m->vm_lib},
        {"VmPTE", m->vm_pte},
    };
    char size[16];
    if (!m->is_known)
        return;
    lc_out_fmt(out, "%s  ", prefix);
    for (size_t i = 0; i < LC_ARRAY_LEN(figures); i++)
        lc_out_fmt(out, "%s%s %s", i ? ", " : "", figures[i].name, lc_format_size(size, figures[i].bytes));
    lc_out_char(out, '\n');
}

void lc_text_process_memory(struct lc_out *out, const char *prefix, const struct lc_findings *f, enum lc_map how)
{
    char peak[16], size[16], hwm[16], rss[16], swap[16], own[16];
    const struct lc_vm_status *m = &f->memory;
    if (m->is_known)
        lc_text_line(out, prefix, "  VmPeak %s, VmSize %s, VmHWM %s, VmRSS %s, VmSwap %s",
                     lc_format_size(peak, m->vm_peak), lc_format_size(size, m->vm_size),
                     lc_format_size(hwm, m->vm_hwm), lc_format_size(rss, m->vm_rss),
                     lc_format_size(swap, m->vm_swap));
    else
        put_missing(out, prefix, f, "totals");
    if (f->own_bytes)
        lc_text_line(out, prefix, "  of which leakcheck's own tables: %s mapped",
                     lc_format_size(own, f->own_bytes));
    if (how == LC_MAP_FULL)
        put_status(out, prefix, m);
}

/* The table of kinds says it already. */
static void put_doubts(struct lc_out *out, const char *prefix, const struct lc_findings *f, enum lc_map how)
{
    uint64_t unknown = 0;
    for (size_t i = 0; i < f->region_count; i++)
        unknown += !f->regions[i].vm.has_residency;
    if (how == LC_MAP_FULL)
        return;
    if (unknown)
        lc_text_line(out, prefix, "  (residency could not be read for %lu of %zu regions)", (unsigned long)unknown, f->region_count);
    if (f->is_partial && f->region_count)
        lc_text_line(out, prefix, "  (there may have been more: this log is incomplete)");
}

void lc_text_memory_map(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                        struct lc_namer *namer, enum lc_map how)
{
    if (how == LC_MAP_NO)
        return;
    lc_text_line(out, prefix, "MEMORY MAP:");
    if (f->region_count == 0)
        put_missing(out, prefix, f, "regions");
    if (how == LC_MAP_FULL && f->region_count) {
        lc_text_regions(out, prefix, f, namer);
        lc_text_region_totals(out, prefix, f);
    }
    if (how == LC_MAP_FULL) {
        lc_text_sizes(out, prefix, f);
        lc_text_classes(out, prefix, f);
        lc_text_arenas(out, prefix, f);
        lc_text_facts(out, prefix, f);
    }
    lc_text_account(out, prefix, f, namer);
    put_doubts(out, prefix, f, how);
    lc_text_process_memory(out, prefix, f, how);
}
