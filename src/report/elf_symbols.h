/* The function symbols of one ELF file (elf(5)), by address. What is read is checked and copied: a file that
 * is damaged, hostile, or replaced meanwhile gives fewer names, and does no harm. */
#ifndef LC_REPORT_ELF_SYMBOLS_H
#define LC_REPORT_ELF_SYMBOLS_H

#include "base/compiler.h"

#include <elf.h>

struct lc_elf_symbols {
    Elf64_Sym *functions; /* by address */
    size_t count;
    char *strings; /* ends in NUL */
    uint64_t symbols_size, strings_size; /* of the sections that they were read from */
};

/* Reads .symtab, else .dynsym, of the file at `path`, if its build-id is `build_id` (lower-case hex, "" for a
 * file without one). 0; or -errno, -ESTALE for another build, -ENOEXEC for no ELF file of this machine, and
 * `*s` is then empty. No libc allocation. */
int lc_elf_symbols_open(struct lc_elf_symbols *s, const char *path, const char *build_id);
void lc_elf_symbols_close(struct lc_elf_symbols *s);

/* The name of the function at `address` (of the file, not of the process), or NULL. Lives as long as `s`. */
const char *lc_elf_symbols_find(const struct lc_elf_symbols *s, uint64_t address);

/* Where the functions `names`, which all begin with `common`, are defined in the file at `path`, by its .symtab alone;
 * 0 where it is not there. What is read of a file without `common` is its table of names; all are 0 when that is larger
 * than 16 MiB. */
void lc_elf_symbols_addresses(const char *path, const char *common, const char *const *names, uint64_t *addresses,
                              size_t count);

#endif
