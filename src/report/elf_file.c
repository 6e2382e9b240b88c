#include "report/elf_file.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define SECTION_SIZE_MAX ((uint64_t)1 << 30) /* a sparse file may claim anything */
#define PIECE_BYTES ((size_t)64 << 10)
#define NOTES_MAX 1024                        /* bytes looked at of one section */
#define BUILD_ID_BYTES_MAX ((LC_ELF_BUILD_ID_MAX - 1) / 2)

static bool read_at(const struct lc_elf_file *f, void *to, uint64_t offset, uint64_t size)
{
    if (offset > f->size || size > f->size - offset)
        return false;
    for (char *at = to; size;) {
        ssize_t got = lc_sys_pread(f->fd, at, size, (off_t)offset);
        if (got <= 0)
            return false;
        at += got;
        offset += (uint64_t)got;
        size -= (uint64_t)got;
    }
    return true;
}

static bool is_of_this_machine(const Elf64_Ehdr *h)
{
    return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
           h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_machine == EM_X86_64 &&
           h->e_shentsize == sizeof(Elf64_Shdr);
}

static int read_sections(struct lc_elf_file *f)
{
    Elf64_Ehdr header;
    if (!read_at(f, &header, 0, sizeof header) || !is_of_this_machine(&header) || header.e_shnum == 0)
        return -ENOEXEC;
    size_t size = header.e_shnum * sizeof *f->sections;
    f->sections = lc_pages_map(size, "ELF sections");
    if (!f->sections)
        return -ENOMEM;
    f->section_count = header.e_shnum;
    return read_at(f, f->sections, header.e_shoff, size) ? 0 : -ENOEXEC;
}

int lc_elf_file_open(struct lc_elf_file *f, const char *path)
{
    struct stat st;
    *f = (struct lc_elf_file){0};
    f->fd = lc_sys_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0); /* it may be a FIFO by now */
    if (f->fd < 0)
        return f->fd;
    int rc = lc_sys_fstat(f->fd, &st);
    if (rc == 0 && !S_ISREG(st.st_mode))
        rc = -ENOEXEC;
    if (rc == 0) {
        f->size = (uint64_t)st.st_size;
        rc = read_sections(f);
    }
    if (rc < 0)
        lc_elf_file_close(f);
    return rc;
}

void lc_elf_file_close(struct lc_elf_file *f)
{
    if (f->sections)
        lc_pages_unmap(f->sections, f->section_count * sizeof *f->sections);
    lc_sys_close(f->fd);
    *f = (struct lc_elf_file){.fd = -1};
}

const Elf64_Shdr *lc_elf_file_section(const struct lc_elf_file *f, uint32_t type)
{
    for (size_t i = 0; i < f->section_count; i++)
        if (f->sections[i].sh_type == type)
            return &f->sections[i];
    return NULL;
}

void *lc_elf_file_read(const struct lc_elf_file *f, const Elf64_Shdr *section)
{
    uint64_t size = section->sh_size;
    if (size == 0 || size > SECTION_SIZE_MAX || size > f->size)
        return NULL;
    char *contents = lc_pages_map(size + 1, "symbols");
    if (contents && !read_at(f, contents, section->sh_offset, size)) {
        lc_elf_file_release(contents, size);
        contents = NULL;
    }
    return contents;
}

void lc_elf_file_release(void *contents, uint64_t section_size)
{
    if (contents)
        lc_pages_unmap(contents, section_size + 1);
}

bool lc_elf_file_mentions(const struct lc_elf_file *f, const Elf64_Shdr *section, const char *text)
{
    const size_t overlap = strlen(text) - 1;
    char *piece = lc_pages_map(PIECE_BYTES, "symbols");
    size_t kept = 0; /* of the piece before */
    bool is_found = false;
    for (uint64_t at = 0, size = 0; piece && at < section->sh_size && !is_found; at += size) {
        size = PIECE_BYTES - kept < section->sh_size - at ? PIECE_BYTES - kept : section->sh_size - at;
        if (!read_at(f, piece + kept, section->sh_offset + at, size))
            break;
        is_found = memmem(piece, kept + size, text, strlen(text));
        const size_t len = kept + size;
        kept = len < overlap ? len : overlap;
        memmove(piece, piece + len - kept, kept);
    }
    if (piece)
        lc_pages_unmap(piece, PIECE_BYTES);
    return is_found;
}

/* elf(5), "Notes": a header, the owner's name, a descriptor, each filled up to 4 bytes. */
static bool find_build_id(const char *notes, uint64_t size, char out[LC_ELF_BUILD_ID_MAX])
{
    Elf64_Nhdr n;
    while (size >= sizeof n) {
        memcpy(&n, notes, sizeof n);
        const char *name = notes + sizeof n;
        uint64_t name_size = ((uint64_t)n.n_namesz + 3) & ~(uint64_t)3;
        uint64_t whole = sizeof n + name_size + (((uint64_t)n.n_descsz + 3) & ~(uint64_t)3);
        if (whole > size)
            return false;
        if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && memcmp(name, "GNU", 4) == 0 &&
            n.n_descsz <= BUILD_ID_BYTES_MAX) {
            for (unsigned i = 0; i < n.n_descsz; i++)
                lc_format(out + (size_t)2 * i, 3, "%02x", (unsigned char)name[name_size + i]);
            return true;
        }
        notes += whole;
        size -= whole;
    }
    return false;
}

void lc_elf_file_build_id(const struct lc_elf_file *f, char out[LC_ELF_BUILD_ID_MAX])
{
    char notes[NOTES_MAX];
    out[0] = '\0';
    for (size_t i = 0; i < f->section_count; i++) {
        const Elf64_Shdr *s = &f->sections[i];
        uint64_t size = s->sh_size < sizeof notes ? s->sh_size : sizeof notes;
        if (s->sh_type == SHT_NOTE && read_at(f, notes, s->sh_offset, size) && find_build_id(notes, size, out))
            return;
    }
}
