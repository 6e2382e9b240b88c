#include "preload/own_symbol.h"

#include "base/compiler.h"

#include <link.h>
#include <string.h>

struct tables {
    const ElfW(Sym) *symbols;
    const char *names;
    const uint32_t *hash;
};

/* The table: bucket count, first index, filter words, shift; the filter; the buckets; a chain entry a symbol,
 * the last of each bucket with its lowest bit set. */
enum { BUCKETS, FIRST, FILTER_WORDS, SHIFT, HEADER };

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

/* Most names are nowhere: two bits of the filter say so of all but a few. */
static bool may_have(const uint32_t *table, uint32_t hash)
{
    const uint64_t *filter = (const uint64_t *)(table + HEADER);
    const uint64_t bits = (uint64_t)1 << hash % 64 | (uint64_t)1 << (hash >> table[SHIFT]) % 64;
    return (filter[hash / 64 & (table[FILTER_WORDS] - 1)] & bits) == bits;
}

static bool is_definition(const struct tables *t, uint32_t index, const char *name)
{
    const ElfW(Sym) *s = &t->symbols[index];
    return s->st_shndx != SHN_UNDEF && ELF64_ST_TYPE(s->st_info) == STT_FUNC && strcmp(t->names + s->st_name, name) == 0;
}

static const ElfW(Sym) *find(const struct tables *t, const char *name)
{
    const uint32_t hash = hash_of(name);
    if (!t->symbols || !t->names || !t->hash || t->hash[BUCKETS] == 0 || !may_have(t->hash, hash))
        return NULL;
    const uint32_t first = t->hash[FIRST];
    const uint32_t *buckets = t->hash + HEADER + t->hash[FILTER_WORDS] * (sizeof(uint64_t) / sizeof(uint32_t));
    const uint32_t *chains = buckets + t->hash[BUCKETS];
    uint32_t index = buckets[hash % t->hash[BUCKETS]];
    if (index < first)
        return NULL;
    for (;; index++) {
        uint32_t entry = chains[index - first];
        if ((entry | 1) == (hash | 1) && is_definition(t, index, name))
            return &t->symbols[index];
        if (entry & 1)
            return NULL;
    }
}

struct lc_range lc_own_symbol(const struct link_map *module, const char *name)
{
    struct tables t = tables_of(module);
    const ElfW(Sym) *s = find(&t, name);
    if (!s)
        return (struct lc_range){0};
    return (struct lc_range){module->l_addr + s->st_value, module->l_addr + s->st_value + s->st_size};
}

bool lc_own_symbol_elsewhere(const char *name)
{
    struct dl_find_object self;
    if (_dl_find_object((void *)(uintptr_t)lc_own_symbol_elsewhere, &self) != 0)
        return true;
    for (const struct link_map *m = _r_debug.r_map; m; m = m->l_next) {
        struct tables t = tables_of(m);
        if (m != self.dlfo_link_map && (!t.hash || find(&t, name)))
            return true;
    }
    return false;
}
