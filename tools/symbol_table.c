/* dwfl_module_addrname goes through the whole table for each address: here it is sorted once and bisected. */
#include "symbol_table.h"

#include "mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct symbol {
    GElf_Addr start, end; /* end == start: up to the next one */
    const char *name;
};

struct lc_symbol_table {
    struct symbol *at;
    size_t count;
};

/* Of several names of one address the shortest, not counting its @VERSION, stands last, and so is found:
 * valgrind's choice, and usually the public name. */
static int compare(const void *va, const void *vb)
{
    const struct symbol *a = va, *b = vb;
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    size_t a_len = strcspn(a->name, "@"), b_len = strcspn(b->name, "@");
    if (a_len != b_len)
        return a_len > b_len ? -1 : 1;
    return strcmp(b->name, a->name);
}

static bool is_function(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);
    return symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_GNU_IFUNC);
}

struct lc_symbol_table *lc_symbol_table_open(Dwfl_Module *module)
{
    struct lc_symbol_table *s = lc_mem_alloc(1, sizeof *s);
    int count = dwfl_module_getsymtab(module);
    for (int i = 0; i < count; i++) {
        GElf_Sym symbol;
        GElf_Addr address;
        const char *name = dwfl_module_getsym_info(module, i, &symbol, &address, NULL, NULL, NULL);
        if (!name || !*name || !is_function(&symbol))
            continue;
        s->at = lc_mem_grow(s->at, s->count, sizeof *s->at);
        s->at[s->count++] = (struct symbol){address, address + symbol.st_size, name};
    }
    if (s->count)
        qsort(s->at, s->count, sizeof *s->at, compare);
    return s;
}

void lc_symbol_table_close(struct lc_symbol_table *s)
{
    if (!s)
        return;
    free(s->at);
    free(s);
}

const char *lc_symbol_table_at(const struct lc_symbol_table *s, GElf_Addr pc)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->at[middle].start <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct symbol *found = &s->at[low - 1];
    return pc < found->end || found->end == found->start ? found->name : NULL;
}
