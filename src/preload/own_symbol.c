#include "preload/own_symbol.h"

#include "base/compiler.h"

#include <link.h>
#include <string.h>

struct tables {
    const ElfW(Sym) *symbols;
    const char *names;
    const uint32_t *hash;
};

/* glibc has relocated the addresses in the dynamic section of what it loaded itself. */
static struct tables tables_of(const struct link_map *module)
{
    struct tables t = {0};
    for (const ElfW(Dyn) *d = module->l_ld; d->d_tag != DT_NULL; d++) {
        uintptr_t p = d->d_un.d_ptr < module->l_addr ? d->d_un.d_ptr + module->l_addr : d->d_un.d_ptr;
        if (d->d_tag == DT_SYMTAB)
            t.symbols = (const void *)p;
        else if (d->d_tag == DT_STRTAB)
            t.names = (const void *)p;
        else if (d->d_tag == DT_GNU_HASH)
            t.hash = (const void *)p;
    }
    return t;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;
    for (; *name; name++)
        hash = hash * 33 + (unsigned char)*name;
    return hash;
}

static bool is_definition(const struct tables *t, uint32_t index, const char *name)
{
    const ElfW(Sym) *s = &t->symbols[index];
    return s->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(s->st_info) == STT_FUNC && strcmp(t->names + s->st_name, name) == 0;
}

/* The table: bucket count, first index, filter words, shift; the filter; the buckets; a chain entry a symbol,
 * the last of each bucket with its lowest bit set. */
void *lc_own_symbol(const struct link_map *module, const char *name)
{
    struct tables t = tables_of(module);
    if (!t.symbols || !t.names || !t.hash || t.hash[0] == 0)
        return NULL;
    uint32_t bucket_count = t.hash[0], first = t.hash[1], filter_words = t.hash[2];
    const uint32_t *buckets = t.hash + 4 + filter_words * (sizeof(uintptr_t) / sizeof(uint32_t));
    const uint32_t *chains = buckets + bucket_count;
    uint32_t hash = hash_of(name);
    uint32_t index = buckets[hash % bucket_count];
    if (index < first)
        return NULL;
    for (;; index++) {
        uint32_t entry = chains[index - first];
        if ((entry | 1) == (hash | 1) && is_definition(&t, index, name))
            return (void *)(module->l_addr + t.symbols[index].st_value);
        if (entry & 1)
            return NULL;
    }
}
