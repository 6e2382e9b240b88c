/* An ELF file for 64-bit little-endian machines, read piece by piece and never mapped: a file that shrinks
 * meanwhile can't fault us. Everything that the file says of itself is checked against its size. */
#ifndef LC_REPORT_ELF_FILE_H
#define LC_REPORT_ELF_FILE_H

#include "base/compiler.h"

#include <elf.h>

struct lc_elf_file {
    int fd;
    uint64_t size;
    Elf64_Shdr *sections;
    size_t section_count;
};

/* 0, or -errno with nothing to close; -ENOEXEC when it is no such file. */
int lc_elf_file_open(struct lc_elf_file *f, const char *path);
void lc_elf_file_close(struct lc_elf_file *f);

/* The first section of `type` (SHT_...), or NULL. */
const Elf64_Shdr *lc_elf_file_section(const struct lc_elf_file *f, uint32_t type);

/* The contents of a section and a NUL, for lc_elf_file_release(); NULL when it is empty, not all there, or
 * there is no memory for it. */
void *lc_elf_file_read(const struct lc_elf_file *f, const Elf64_Shdr *section);
void lc_elf_file_release(void *contents, uint64_t section_size);

/* Whether `text` (shorter than a page) stands in a section. Reads it piece by piece, and so touches less memory. */
bool lc_elf_file_mentions(const struct lc_elf_file *f, const Elf64_Shdr *section, const char *text);

/* The build-id in lower-case hex, "" when there is none. */
#define LC_ELF_BUILD_ID_MAX 65 /* 32 bytes, as record/modules.h; SHA-1 takes 20 */
void lc_elf_file_build_id(const struct lc_elf_file *f, char out[LC_ELF_BUILD_ID_MAX]);

#endif
