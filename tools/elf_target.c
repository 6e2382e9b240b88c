#include "elf_target.h"

#include <gelf.h>
#include <stdbool.h>
#include <string.h>

/* What matters here of the program headers and the dynamic section. */
struct target {
    Elf *elf;
    char interpreter[256];
    GElf_Phdr dynamic;
};

static bool is_native(Elf *elf)
{
    GElf_Ehdr header;
    return gelf_getehdr(elf, &header) && gelf_getclass(elf) == ELFCLASS64 && header.e_machine == EM_X86_64;
}

static void read_interpreter(struct target *t, const GElf_Phdr *header)
{
    Elf_Data *data = elf_getdata_rawchunk(t->elf, (int64_t)header->p_offset, header->p_filesz, ELF_T_BYTE);
    if (data && data->d_buf && data->d_size)
        memccpy(t->interpreter, data->d_buf, '\0',
                data->d_size < sizeof t->interpreter ? data->d_size : sizeof t->interpreter - 1);
}

static void read_headers(struct target *t)
{
    size_t count = 0;
    elf_getphdrnum(t->elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(t->elf, (int)i, &header))
            return;
        if (header.p_type == PT_INTERP)
            read_interpreter(t, &header);
        else if (header.p_type == PT_DYNAMIC)
            t->dynamic = header;
    }
}

/* The file's bytes at a virtual address, up to the end of its segment: NULL when there are none. */
static const char *bytes_at(const struct target *t, GElf_Addr address, size_t *len)
{
    size_t count = 0;
    elf_getphdrnum(t->elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(t->elf, (int)i, &header) || header.p_type != PT_LOAD || address < header.p_vaddr ||
            address - header.p_vaddr >= header.p_filesz)
            continue;
        size_t skip = address - header.p_vaddr;
        *len = header.p_filesz - skip;
        Elf_Data *data = elf_getdata_rawchunk(t->elf, (int64_t)(header.p_offset + skip), *len, ELF_T_BYTE);
        return data ? data->d_buf : NULL;
    }
    return NULL;
}

/* The value of the `index`-th dynamic entry of `tag`; false past the last. */
static bool dynamic_value(const struct target *t, Elf64_Sxword tag, size_t index, GElf_Xword *value)
{
    Elf_Data *data =
        elf_getdata_rawchunk(t->elf, (int64_t)t->dynamic.p_offset, t->dynamic.p_filesz, ELF_T_DYN);
    GElf_Dyn entry;
    for (int i = 0; data && gelf_getdyn(data, i, &entry) && entry.d_tag != DT_NULL; i++) {
        if (entry.d_tag != tag || index--)
            continue;
        *value = entry.d_un.d_val;
        return true;
    }
    return false;
}

/* Whether an entry of `tag` names a library that begins with `prefix`. */
static bool names(const struct target *t, Elf64_Sxword tag, const char *prefix)
{
    GElf_Xword where, offset;
    size_t len;
    const char *strings = dynamic_value(t, DT_STRTAB, 0, &where) ? bytes_at(t, where, &len) : NULL;
    for (size_t i = 0; strings && dynamic_value(t, tag, i, &offset); i++)
        if (offset < len && len - offset > strlen(prefix) &&
            strncmp(strings + offset, prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

static const char *obstacle(struct target *t)
{
    if (!is_native(t->elf))
        return "built for another architecture: only 64-bit x86 programs can be checked";
    read_headers(t);
    bool is_loader = names(t, DT_SONAME, "ld-linux"); /* run by name, it preloads like any other */
    if (!*t->interpreter && !is_loader)
        return "statically linked: no library can be preloaded into it";
    if (strstr(t->interpreter, "ld-musl"))
        return "linked with musl: the library needs glibc";
    if (names(t, DT_NEEDED, "libasan.so") || names(t, DT_NEEDED, "liblsan.so") ||
        names(t, DT_NEEDED, "libtsan.so") || names(t, DT_NEEDED, "libhwasan.so"))
        return "built with a sanitizer, whose runtime must be the first library: run it as it is, or build "
               "it without";
    return NULL;
}

const char *lc_elf_target_obstacle(int fd)
{
    elf_version(EV_CURRENT);
    struct target t = {.elf = elf_begin(fd, ELF_C_READ, NULL)};
    const char *why = t.elf ? obstacle(&t) : "not a sound ELF file";
    elf_end(t.elf);
    return why;
}
