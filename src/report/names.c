#include "report/names.h"

#include "base/arena.h"
#include "report/elf_symbols.h"

#include <string.h>

/* Symbols of a module are read when a frame first asks for them. */
struct module_names {
    bool is_open; /* or was tried */
    struct lc_elf_symbols symbols;
};

struct names {
    struct lc_namer namer; /* first: what the caller holds */
    size_t module_count;
    struct module_names modules[];
};

static size_t size_of(size_t module_count)
{
    return sizeof(struct names) + module_count * sizeof(struct module_names);
}

static const struct lc_elf_symbols *symbols_of(struct names *n, const struct lc_findings *f, uint32_t module)
{
    struct module_names *m = &n->modules[module];
    if (!m->is_open)
        lc_elf_symbols_open(&m->symbols, f->modules[module].path, f->modules[module].build_id);
    m->is_open = true;
    return &m->symbols;
}

static const char *function_of(struct names *n, const struct lc_findings *f, const struct lc_frame *frame)
{
    if (frame->module >= n->module_count)
        return NULL;
    uintptr_t address = frame->address - (frame->is_exact ? 0 : 1);
    return lc_elf_symbols_find(symbols_of(n, f, frame->module), address - f->modules[frame->module].bias);
}

static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame, struct lc_location *out,
                       unsigned max)
{
    (void)max;
    *out = (struct lc_location){.function = function_of((struct names *)namer, f, &f->frames[frame])};
    return 1;
}

struct lc_namer *lc_names_open(const struct lc_findings *f)
{
    struct names *n = lc_pool_alloc(size_of(f->module_count));
    if (!n)
        return NULL;
    memset(n, 0, size_of(f->module_count));
    n->namer.locate = locate;
    n->module_count = f->module_count;
    return &n->namer;
}

void lc_names_close(struct lc_namer *namer)
{
    struct names *n = (struct names *)namer;
    if (!n)
        return;
    for (size_t i = 0; i < n->module_count; i++)
        lc_elf_symbols_close(&n->modules[i].symbols);
    lc_pool_free(n, size_of(n->module_count));
}
