#include "report/elf_symbols.h"

#include "base/sort.h"
#include "report/elf_file.h"

#include <errno.h>
#include <string.h>

/* How far below an address the function that holds it may begin in the table: its aliases, and labels inside
 * it, lie between. */
#define LOOK_BACK 64

#define NAMES_BYTES_MAX ((uint64_t)16 << 20)

static bool is_function(const Elf64_Sym *s, const struct lc_elf_file *f, uint64_t strings_size)
{
    unsigned type = ELF64_ST_TYPE(s->st_info);
    return (type == STT_FUNC || type == STT_GNU_IFUNC) && s->st_shndx != SHN_UNDEF &&
           s->st_shndx < f->section_count && s->st_name != 0 && s->st_name < strings_size;
}

static int by_address(const void *a, const void *b)
{
    const Elf64_Sym *x = a, *y = b;
    if (x->st_value != y->st_value)
        return x->st_value < y->st_value ? -1 : 1;
    return (x->st_name > y->st_name) - (x->st_name < y->st_name);
}

/* Assembly without a .size: up to the next function or the end of the section. */
static void give_sizes(struct lc_elf_symbols *s, const struct lc_elf_file *f)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = s->count; i-- > 0;) {
        Elf64_Sym *at = &s->functions[i];
        const Elf64_Shdr *section = &f->sections[at->st_shndx];
        uint64_t end = section->sh_addr + section->sh_size;
        if (i + 1 < s->count && at[1].st_value != at->st_value)
            next = at[1].st_value;
        if (at->st_size == 0 && end > at->st_value)
            at->st_size = (next < end ? next : end) - at->st_value;
    }
}

/* The table itself becomes the index: functions only, by address. */
static void build_index(struct lc_elf_symbols *s, const struct lc_elf_file *f)
{
    size_t all = s->symbols_size / sizeof *s->functions;
    for (size_t i = 0; i < all; i++)
        if (is_function(&s->functions[i], f, s->strings_size))
            s->functions[s->count++] = s->functions[i];
    lc_sort(s->functions, s->count, sizeof *s->functions, by_address);
    give_sizes(s, f);
}

/* "memcpy@@GLIBC_2.14" is memcpy. */
static void cut_versions(char *strings, uint64_t size)
{
    for (char *at = strings; (at = memchr(at, '@', size - (uint64_t)(at - strings))); at++)
        *at = '\0';
}

static int load(struct lc_elf_symbols *s, const struct lc_elf_file *f, const char *build_id)
{
    char found[LC_ELF_BUILD_ID_MAX];
    lc_elf_file_build_id(f, found);
    if (strcmp(found, build_id) != 0)
        return -ESTALE;
    const Elf64_Shdr *symbols = lc_elf_file_section(f, SHT_SYMTAB);
    if (!symbols)
        symbols = lc_elf_file_section(f, SHT_DYNSYM);
    if (!symbols || symbols->sh_link >= f->section_count)
        return -ENOEXEC;
    const Elf64_Shdr *strings = &f->sections[symbols->sh_link];
    s->symbols_size = symbols->sh_size;
    s->strings_size = strings->sh_size;
    s->functions = lc_elf_file_read(f, symbols);
    s->strings = lc_elf_file_read(f, strings);
    if (!s->functions || !s->strings)
        return -ENOEXEC;
    cut_versions(s->strings, s->strings_size);
    build_index(s, f);
    return 0;
}

int lc_elf_symbols_open(struct lc_elf_symbols *s, const char *path, const char *build_id)
{
    struct lc_elf_file f;
    *s = (struct lc_elf_symbols){0};
    int rc = lc_elf_file_open(&f, path);
    if (rc < 0)
        return rc;
    rc = load(s, &f, build_id);
    lc_elf_file_close(&f);
    if (rc < 0)
        lc_elf_symbols_close(s);
    return rc;
}

void lc_elf_symbols_close(struct lc_elf_symbols *s)
{
    lc_elf_file_release(s->functions, s->symbols_size);
    lc_elf_file_release(s->strings, s->strings_size);
    *s = (struct lc_elf_symbols){0};
}

/* Of the names of one function, the one that people call it by: what is exported, what has fewer leading
 * underscores ("puts" before "_IO_puts"), what is shorter. */
static bool is_better_name(const struct lc_elf_symbols *s, const Elf64_Sym *a, const Elf64_Sym *b)
{
    const char *x = s->strings + a->st_name, *y = s->strings + b->st_name;
    bool x_is_local = ELF64_ST_BIND(a->st_info) == STB_LOCAL, y_is_local = ELF64_ST_BIND(b->st_info) == STB_LOCAL;
    if (x_is_local != y_is_local)
        return y_is_local;
    size_t x_bars = strspn(x, "_"), y_bars = strspn(y, "_");
    if (x_bars != y_bars)
        return x_bars < y_bars;
    size_t x_len = strlen(x), y_len = strlen(y);
    return x_len != y_len ? x_len < y_len : strcmp(x, y) < 0;
}

/* The index of the first function above `address`. */
static size_t upper_bound(const struct lc_elf_symbols *s, uint64_t address)
{
    size_t low = 0, high = s->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->functions[middle].st_value <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const char *lc_elf_symbols_find(const struct lc_elf_symbols *s, uint64_t address)
{
    const Elf64_Sym *best = NULL;
    size_t end = upper_bound(s, address);
    for (size_t i = end; i > 0 && end - i < LOOK_BACK; i--) {
        const Elf64_Sym *at = &s->functions[i - 1];
        if (best && at->st_value != best->st_value)
            break;
        if (address - at->st_value < at->st_size && (!best || is_better_name(s, at, best)))
            best = at;
    }
    return best ? s->strings + best->st_name : NULL;
}

static void find_addresses(const struct lc_elf_file *f, const Elf64_Shdr *section, const Elf64_Shdr *names_section,
                           const char *const *names, uint64_t *addresses, size_t count)
{
    const uint64_t size = names_section->sh_size;
    Elf64_Sym *symbols = lc_elf_file_read(f, section);
    char *strings = lc_elf_file_read(f, names_section);
    for (size_t i = 0; symbols && strings && i < section->sh_size / sizeof *symbols; i++)
        for (size_t n = 0; n < count && is_function(&symbols[i], f, size); n++)
            if (!addresses[n] && strcmp(strings + symbols[i].st_name, names[n]) == 0)
                addresses[n] = symbols[i].st_value;
    lc_elf_file_release(symbols, section->sh_size);
    lc_elf_file_release(strings, size);
}

void lc_elf_symbols_addresses(const char *path, const char *common, const char *const *names, uint64_t *addresses,
                              size_t count)
{
    struct lc_elf_file f;
    memset(addresses, 0, count * sizeof *addresses);
    if (lc_elf_file_open(&f, path) < 0)
        return;
    const Elf64_Shdr *symbols = lc_elf_file_section(&f, SHT_SYMTAB);
    const Elf64_Shdr *strings = symbols && symbols->sh_link < f.section_count ? &f.sections[symbols->sh_link] : NULL;
    if (strings && strings->sh_size <= NAMES_BYTES_MAX && lc_elf_file_mentions(&f, strings, common))
        find_addresses(&f, symbols, strings, names, addresses, count);
    lc_elf_file_close(&f);
}
