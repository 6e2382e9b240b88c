/* What holds a block: from a root over other blocks to it. */
#include "report/escape.h"
#include "report/text.h"

#include <string.h>

static const char *region_name(const struct lc_findings *f, uintptr_t address)
{
    for (size_t i = 0; i < f->region_count; i++)
        if (lc_range_has(f->regions[i].vm.range, address))
            return *f->regions[i].vm.name ? f->regions[i].vm.name : f->regions[i].purpose;
    return "";
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "global `cache`+0x18 in libfoo.so" */
static void put_global(struct lc_out *out, const struct lc_findings *f, uintptr_t word, struct lc_namer *namer)
{
    const struct lc_module *m = lc_text_module_at(f, word);
    uint64_t offset = 0;
    const char *name = m && namer->locate_data ? namer->locate_data(namer, m, word, &offset) : NULL;
    if (name) {
        lc_out_str(out, "global `");
        lc_escape_text(out, name);
        lc_out_char(out, '`');
        if (offset)
            lc_out_fmt(out, "+0x%lx", (unsigned long)offset);
    } else {
        lc_out_fmt(out, "data at 0x%lX", (unsigned long)word);
    }
    lc_out_str(out, " in ");
    lc_escape_text(out, base_name(m ? m->path : region_name(f, word)));
}

static void put_maker(struct lc_out *out, const struct lc_findings *f, const struct lc_site *site, struct lc_namer *namer)
{
    if (site->stack == LC_NONE)
        return;
    lc_out_str(out, " from ");
    lc_text_frame(out, f, site->stack, namer, true);
}

static void put_holder(struct lc_out *out, const struct lc_findings *f, const struct lc_step *s, struct lc_namer *namer)
{
    switch (s->holder) {
    case LC_HOLDER_GLOBALS:
        put_global(out, f, s->word, namer);
        return;
    case LC_HOLDER_STACK:
        lc_out_fmt(out, "stack of thread %d", s->tid);
        if (s->site.stack != LC_NONE) {
            lc_out_str(out, ", frame ");
            lc_text_frame(out, f, s->site.stack, namer, false);
        }
        lc_out_fmt(out, " at 0x%lX", (unsigned long)s->word);
        return;
    case LC_HOLDER_REGISTER:
        lc_out_str(out, "register ");
        lc_escape_text(out, s->name);
        lc_out_fmt(out, " of thread %d", s->tid);
        return;
    case LC_HOLDER_TLS:
        lc_out_fmt(out, "thread-local storage of thread %d at 0x%lX", s->tid, (unsigned long)s->word);
        return;
    case LC_HOLDER_BLOCK:
        lc_out_fmt(out, "block of %lu", (unsigned long)s->size);
        put_maker(out, f, &s->site, namer);
        lc_out_fmt(out, ", at offset %lu", (unsigned long)s->offset);
        return;
    case LC_HOLDER_SHARED:
        lc_out_fmt(out, "shared memory at 0x%lX", (unsigned long)s->word);
        return;
    case LC_HOLDER_USER:
        lc_out_fmt(out, "registered root at 0x%lX", (unsigned long)s->word);
        return;
    case LC_HOLDER_MAPPING:
    case LC_HOLDER_UNKNOWN:
    case LC_HOLDER_COUNT:
        break;
    }
    lc_out_fmt(out, "memory at 0x%lX", (unsigned long)s->word);
}

void lc_text_path(struct lc_out *out, const char *prefix, const struct lc_findings *f, uint32_t leak,
                  struct lc_namer *namer)
{
    const char *arrow = leak == LC_NONE ? " it is held by " : " one of them is held by ";
    for (size_t i = 0; i < f->step_count; i++) {
        if (f->steps[i].leak != leak)
            continue;
        lc_out_str(out, prefix);
        lc_out_str(out, arrow);
        put_holder(out, f, &f->steps[i], namer);
        lc_out_char(out, '\n');
        arrow = "   -> ";
    }
}

/* "vtable for Shape" is of class Shape. */
void lc_text_class(struct lc_out *out, const char *prefix, const struct lc_findings *f, const struct lc_leak *l,
                   struct lc_namer *namer)
{
    static const char vtable[] = "vtable for ";
    const struct lc_module *m = l->vtable ? lc_text_module_at(f, l->vtable) : NULL;
    uint64_t offset;
    const char *name = m && namer->locate_data ? namer->locate_data(namer, m, l->vtable, &offset) : NULL;
    if (!name || strncmp(name, vtable, strlen(vtable)) != 0)
        return;
    lc_out_fmt(out, "%s of class ", prefix);
    lc_escape_text(out, name + strlen(vtable));
    lc_out_char(out, '\n');
}
