#include "dwarf_lines.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct name {
    UT_hash_handle hh;
    char text[];
};

struct lc_lines {
    Dwarf *main, *own; /* own: opened when it is needed; where it can't be, the main one */
    struct name *names;
};

struct lc_lines *lc_lines_open(Dwarf *dwarf)
{
    struct lc_lines *l = lc_mem_alloc(1, sizeof *l);
    l->main = dwarf;
    return l;
}

void lc_lines_flush(struct lc_lines *l)
{
    if (l->own != l->main)
        dwarf_end(l->own);
    l->own = NULL;
}

void lc_lines_close(struct lc_lines *l)
{
    struct name *name, *next;
    if (!l)
        return;
    lc_lines_flush(l);
    HASH_ITER(hh, l->names, name, next)
    {
        HASH_DEL(l->names, name);
        free(name);
    }
    free(l);
}

static Dwarf_Die *open_unit(struct lc_lines *l, Dwarf_Off offset, Dwarf_Die *unit)
{
    if (!l->own)
        l->own = dwarf_begin_elf(dwarf_getelf(l->main), DWARF_C_READ, NULL);
    if (!l->own)
        l->own = l->main;
    return dwarf_offdie(l->own, offset, unit);
}

static const char *keep(struct lc_lines *l, const char *text)
{
    struct name *name;
    if (!text)
        return NULL;
    HASH_FIND_STR(l->names, text, name);
    if (!name) {
        name = lc_mem_alloc(1, sizeof *name + strlen(text) + 1);
        strcpy(name->text, text);
        HASH_ADD_STR(l->names, text, name);
    }
    return name->text;
}

const char *lc_lines_at(struct lc_lines *l, Dwarf_Off unit, Dwarf_Addr pc, unsigned *line)
{
    Dwarf_Die die;
    int number = 0;
    Dwarf_Line *row = open_unit(l, unit, &die) ? dwarf_getsrc_die(&die, pc) : NULL;
    if (!row || dwarf_lineno(row, &number) != 0)
        return NULL;
    *line = (unsigned)number;
    return keep(l, dwarf_linesrc(row, NULL, NULL));
}

const char *lc_lines_file(struct lc_lines *l, Dwarf_Off unit, unsigned number)
{
    Dwarf_Die die;
    Dwarf_Files *files;
    size_t count;
    if (!open_unit(l, unit, &die) || dwarf_getsrcfiles(&die, &files, &count) != 0)
        return NULL;
    return keep(l, dwarf_filesrc(files, number, NULL, NULL));
}
