/* What the kernel tells of the process and the system, and how large its modules are, for people. */
#include "report/escape.h"
#include "report/text.h"

#include <string.h>

static const char *const groups[] = {
    [LC_FACT_FAULTS] = "page faults",
    [LC_FACT_LIMIT] = "limits",
    [LC_FACT_CGROUP] = "control group",
    [LC_FACT_ADDRESS] = "address space",
    [LC_FACT_SYSTEM] = "system",
    [LC_FACT_KERNEL] = "kernel's own",
};
static_assert(LC_ARRAY_LEN(groups) == LC_FACT_GROUP_COUNT, "a word for every group");

static void put_value(struct lc_out *out, const struct lc_vm_fact *fact)
{
    char size[16];
    const char *why = fact->error ? strerrordesc_np(fact->error) : NULL;
    if (fact->error)
        lc_out_fmt(out, " can't be read (%s)", why ? why : "?");
    else if (fact->value == LC_FACT_UNLIMITED)
        lc_out_str(out, " unlimited");
    else if (fact->group == LC_FACT_ADDRESS)
        lc_out_fmt(out, " 0x%lx", (unsigned long)fact->value);
    else if (fact->group == LC_FACT_FAULTS)
        lc_out_fmt(out, " %'lu", (unsigned long)fact->value);
    else
        lc_out_fmt(out, " %s", lc_format_size(size, fact->value));
}

void lc_text_facts(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    for (unsigned group = 0; group < LC_FACT_GROUP_COUNT; group++) {
        bool is_first = true;
        for (size_t i = 0; i < f->fact_count; i++) {
            if (f->facts[i].group != group)
                continue;
            if (is_first)
                lc_out_fmt(out, "%s  %s: ", prefix, groups[group]);
            else
                lc_out_str(out, ", ");
            lc_escape_text(out, f->facts[i].name);
            put_value(out, &f->facts[i]);
            is_first = false;
        }
        if (!is_first)
            lc_out_char(out, '\n');
    }
    if (f->fact_count)
        lc_text_line(out, prefix, "%s", "");
}

void lc_text_sizes(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    if (!f->size_count)
        return;
    lc_text_line(out, prefix, "  %10s %10s %10s  %s", "TEXT", "DATA", "BSS", "MODULE");
    for (size_t i = 0; i < f->size_count; i++) {
        const struct lc_module_size *s = &f->sizes[i];
        lc_out_fmt(out, "%s  %'10lu %'10lu %'10lu  ", prefix, (unsigned long)s->text, (unsigned long)s->data,
                   (unsigned long)s->bss);
        lc_escape_text(out, s->path);
        lc_out_char(out, '\n');
    }
    lc_text_line(out, prefix, "%s", "");
}

/* A block of less than a page that is in RAM is no news. */
void lc_text_footprint(struct lc_out *out, const char *prefix, const struct lc_leak *l)
{
    const struct lc_footprint *p = &l->footprint;
    char lost[16], resident[16], own[16], swapped[16], untouched[16];
    bool is_news = l->bytes >= LC_PAGE_SIZE || p->swapped;
    bool is_lost = l->kind != LC_LEAK_REACHABLE && l->kind != LC_LEAK_UNFREED && l->kind != LC_LEAK_SUPPRESSED;
    if (!l->has_footprint || !is_news)
        return;
    lc_out_fmt(out, "%s %s %s, %s in RAM", prefix, lc_format_size(lost, l->bytes), is_lost ? "lost" : "in use",
               lc_format_size(resident, p->resident));
    if (p->proportional != p->resident)
        lc_out_fmt(out, " (%s of it ours, the rest shared)", lc_format_size(own, p->proportional));
    lc_out_fmt(out, ", %s swapped, %s never touched; %'lu pages would be free\n", lc_format_size(swapped, p->swapped),
               lc_format_size(untouched, p->untouched), (unsigned long)(p->pinned / LC_PAGE_SIZE));
}
