#include "report/module_sizes.h"

#include "base/arena.h"
#include "report/elf_file.h"

#include <string.h>

static void add_up(struct lc_module_size *out, const struct lc_elf_file *file)
{
    for (size_t i = 0; i < file->section_count; i++) {
        const Elf64_Shdr *s = &file->sections[i];
        if (!(s->sh_flags & SHF_ALLOC))
            continue;
        bool is_constant = s->sh_flags & SHF_EXECINSTR || !(s->sh_flags & SHF_WRITE);
        *(is_constant ? &out->text : s->sh_type == SHT_NOBITS ? &out->bss : &out->data) += s->sh_size;
    }
}

static bool is_known(const struct lc_findings *f, const char *path)
{
    for (size_t i = 0; i < f->size_count; i++)
        if (strcmp(f->sizes[i].path, path) == 0)
            return true;
    return false;
}

static void add_file(struct lc_findings *f, const char *path)
{
    struct lc_elf_file file;
    if (is_known(f, path) || lc_elf_file_open(&file, path) < 0)
        return;
    struct lc_module_size size = {.path = path};
    add_up(&size, &file);
    f->sizes[f->size_count++] = size;
    lc_elf_file_close(&file);
}

void lc_module_sizes_collect(struct lc_findings *f)
{
    size_t most = 0;
    for (size_t i = 0; i < f->region_count; i++)
        most += f->regions[i].vm.kind == LC_REGION_CODE;
    f->sizes = most ? lc_pages_map(most * sizeof f->sizes[0], "report") : NULL;
    for (size_t i = 0; f->sizes && i < f->region_count; i++)
        if (f->regions[i].vm.kind == LC_REGION_CODE && f->regions[i].vm.name[0] == '/')
            add_file(f, f->regions[i].vm.name);
}
