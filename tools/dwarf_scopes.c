/* libdw's own look-ups need .debug_aranges, which clang leaves out, or a walk over the whole tree for each
 * address (dwarf_getscopes: 0.3 ms a frame). So: each unit's ranges once, the tree of a unit once, sorted and
 * bisected. */
#include "dwarf_scopes.h"

#include "dwarf_lines.h"
#include "mem.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 256 /* of nested DIEs; compilers stay far below */
#define CHAIN_MAX 64  /* of inlined functions at one address */
#define UNITS_MAX 32  /* whose trees and line tables are kept */

/* One of the address ranges of an item (a unit, a function, an inlined function). */
struct span {
    Dwarf_Addr start, end;
    size_t item;
};

struct spans {
    struct span *at;
    size_t count;
};

struct function {
    Dwarf_Die die;
    size_t inlined_first, inlined_end; /* its spans in unit.inlined_spans, outer before inner */
};

struct unit {
    Dwarf_Die skeleton; /* has the line table */
    Dwarf_Die die;      /* has the tree: with split DWARF not the same */
    const unsigned char *end; /* of the tree */
    bool is_walked;
    struct function *functions;
    size_t function_count;
    struct spans function_spans; /* sorted once the tree is walked */
    Dwarf_Die *inlined;
    size_t inlined_count;
    struct spans inlined_spans;
};

struct lc_scopes {
    struct unit *units;
    size_t unit_count, walked_count;
    struct spans spans;
    struct lc_lines *lines;
};

/* Adds the ranges of `die` as those of `item`: false when it has none. */
static bool add_spans(struct spans *spans, Dwarf_Die *die, size_t item)
{
    Dwarf_Addr base, start, end;
    size_t before = spans->count;
    for (ptrdiff_t next = 0; (next = dwarf_ranges(die, next, &base, &start, &end)) > 0;) {
        if (start >= end)
            continue;
        spans->at = lc_mem_grow(spans->at, spans->count, sizeof *spans->at);
        spans->at[spans->count++] = (struct span){start, end, item};
    }
    return spans->count > before;
}

static int compare_spans(const void *va, const void *vb)
{
    const struct span *a = va, *b = vb;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void sort_spans(struct spans *spans)
{
    if (spans->count)
        qsort(spans->at, spans->count, sizeof *spans->at, compare_spans);
}

/* In sorted, disjoint spans: the one with `pc`, or NULL. */
static const struct span *find_span(const struct spans *spans, Dwarf_Addr pc)
{
    size_t low = 0, high = spans->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans->at[middle].start <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    return low && pc < spans->at[low - 1].end ? &spans->at[low - 1] : NULL;
}

/* What walks the children of a DIE returns where they end: the next DIE stands there. NULL when that is not known. To ask
 * dwarf_siblingof would be to go through them once more for each level above, where the compiler (clang) has not noted it. */
static const unsigned char *walk_children(struct unit *u, Dwarf_Die *parent, unsigned depth);

static const unsigned char *walk_function(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    size_t index = u->function_count;
    size_t first = u->inlined_spans.count;
    bool has_code = add_spans(&u->function_spans, die, index);
    if (has_code) {
        u->functions = lc_mem_grow(u->functions, u->function_count, sizeof *u->functions);
        u->functions[u->function_count++] = (struct function){.die = *die};
    }
    const unsigned char *end = walk_children(u, die, depth); /* also without code: local classes have functions of their own */
    if (has_code) {
        u->functions[index].inlined_first = first;
        u->functions[index].inlined_end = u->inlined_spans.count;
    }
    return end;
}

static const unsigned char *walk_inlined(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    if (add_spans(&u->inlined_spans, die, u->inlined_count)) {
        u->inlined = lc_mem_grow(u->inlined, u->inlined_count, sizeof *u->inlined);
        u->inlined[u->inlined_count++] = *die;
    }
    return walk_children(u, die, depth);
}

static const unsigned char *walk(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    switch (dwarf_tag(die)) {
    case DW_TAG_subprogram:
        return walk_function(u, die, depth);
    case DW_TAG_inlined_subroutine:
        return walk_inlined(u, die, depth);
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_with_stmt:
        return walk_children(u, die, depth);
    default: /* no code in there */
        return NULL;
    }
}

/* The DIE after `die`, whose children end at `end`, if that is known: false at the end of the list, and then `*end` is
 * behind it, or NULL. */
static bool go_on(const struct unit *u, Dwarf_Die *die, const unsigned char **end)
{
    Dwarf_Die next = {.addr = NULL};
    if (!u->end)
        *end = NULL;
    if (*end && *end < u->end && **end) {
        *die = (Dwarf_Die){.addr = (void *)(uintptr_t)*end, .cu = die->cu};
        return true;
    }
    if (*end) {
        *end = *end < u->end ? *end + 1 : NULL;
        return false;
    }
    if (dwarf_siblingof(die, &next) == 0) {
        *die = next;
        return true;
    }
    *end = next.addr ? (const unsigned char *)next.addr + 1 : NULL; /* of the entry that ends the list */
    return false;
}

static const unsigned char *walk_children(struct unit *u, Dwarf_Die *parent, unsigned depth)
{
    Dwarf_Die die;
    const unsigned char *end;
    if (depth == DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return NULL;
    do
        end = walk(u, &die, depth + 1);
    while (go_on(u, &die, &end));
    return end;
}

/* Where the tree of the unit of `die` ends; NULL when not known. */
static const unsigned char *end_of_unit(Dwarf_Die *die)
{
    Dwarf_Off offset = dwarf_dieoffset(die), next;
    size_t header;
    if (dwarf_next_unit(dwarf_cu_getdwarf(die->cu), offset - dwarf_cuoffset(die), &next, &header, NULL, NULL, NULL, NULL, NULL, NULL) != 0)
        return NULL;
    return (const unsigned char *)die->addr + (next - offset);
}

struct lc_scopes *lc_scopes_open(Dwarf *dwarf)
{
    struct lc_scopes *s = lc_mem_alloc(1, sizeof *s);
    struct unit unit = {0};
    Dwarf_CU *cu = NULL;
    uint8_t type;
    while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, &unit.skeleton, &unit.die) == 0) {
        if (type != DW_UT_skeleton)
            unit.die = unit.skeleton;
        if (!add_spans(&s->spans, &unit.skeleton, s->unit_count))
            continue;
        s->units = lc_mem_grow(s->units, s->unit_count, sizeof *s->units);
        s->units[s->unit_count++] = unit;
    }
    sort_spans(&s->spans);
    s->lines = lc_lines_open(dwarf);
    return s;
}

/* Everything that grows with the units that addresses fall into. */
static void forget_units(struct lc_scopes *s)
{
    for (size_t i = 0; i < s->unit_count; i++) {
        struct unit *u = &s->units[i];
        if (!u->is_walked)
            continue;
        free(u->functions);
        free(u->function_spans.at);
        free(u->inlined);
        free(u->inlined_spans.at);
        *u = (struct unit){.skeleton = u->skeleton, .die = u->die};
    }
    s->walked_count = 0;
    lc_lines_flush(s->lines);
}

void lc_scopes_close(struct lc_scopes *s)
{
    if (!s)
        return;
    forget_units(s);
    lc_lines_close(s->lines);
    free(s->units);
    free(s->spans.at);
    free(s);
}

static struct unit *unit_at(struct lc_scopes *s, Dwarf_Addr pc)
{
    const struct span *span = find_span(&s->spans, pc);
    if (!span)
        return NULL;
    struct unit *u = &s->units[span->item];
    if (!u->is_walked) {
        if (s->walked_count++ == UNITS_MAX)
            forget_units(s);
        u->end = end_of_unit(&u->die);
        walk_children(u, &u->die, 0);
        sort_spans(&u->function_spans);
        u->is_walked = true;
    }
    return u;
}

/* The function at `pc` and the inlined ones in it, outermost first: their number. */
static unsigned chain_at(struct unit *u, Dwarf_Addr pc, Dwarf_Die *chain[CHAIN_MAX])
{
    const struct span *span = find_span(&u->function_spans, pc);
    if (!span)
        return 0;
    struct function *f = &u->functions[span->item];
    unsigned count = 0;
    chain[count++] = &f->die;
    for (size_t i = f->inlined_first; i < f->inlined_end && count < CHAIN_MAX; i++) {
        const struct span *inlined = &u->inlined_spans.at[i];
        if (pc >= inlined->start && pc < inlined->end)
            chain[count++] = &u->inlined[inlined->item];
    }
    return count;
}

static const char *string_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

static unsigned number_of(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value = 0;
    dwarf_formudata(dwarf_attr(die, name, &attribute), &value);
    return (unsigned)value;
}

static void name_scope(struct lc_scope *scope, Dwarf_Die *die)
{
    scope->name = string_of(die, DW_AT_name);
    scope->linkage_name = string_of(die, DW_AT_linkage_name);
    if (!scope->linkage_name)
        scope->linkage_name = string_of(die, DW_AT_MIPS_linkage_name);
}

/* Numbers of files are those of the split unit, which has a table of its own for them. */
static const char *file_of(struct lc_scopes *s, struct unit *u, unsigned number)
{
    Dwarf_Files *files;
    size_t count;
    if (u->die.cu == u->skeleton.cu)
        return lc_lines_file(s->lines, dwarf_dieoffset(&u->skeleton), number);
    return dwarf_getsrcfiles(&u->die, &files, &count) == 0 ? dwarf_filesrc(files, number, NULL, NULL) : NULL;
}

static void place_at_call(struct lc_scope *scope, struct lc_scopes *s, struct unit *u, Dwarf_Die *inlined)
{
    scope->file = file_of(s, u, number_of(inlined, DW_AT_call_file));
    scope->line = scope->file ? number_of(inlined, DW_AT_call_line) : 0;
}

unsigned lc_scopes_at(struct lc_scopes *s, Dwarf_Addr pc, struct lc_scope *out, unsigned max)
{
    struct unit *u = unit_at(s, pc);
    if (!u)
        return 0;
    Dwarf_Die *chain[CHAIN_MAX];
    unsigned depth = chain_at(u, pc, chain);
    unsigned count = depth == 0 ? 1 : depth < max ? depth : max;
    memset(out, 0, count * sizeof *out);
    out[0].directory = string_of(&u->skeleton, DW_AT_comp_dir);
    out[0].file = lc_lines_at(s->lines, dwarf_dieoffset(&u->skeleton), pc, &out[0].line);
    for (unsigned i = 0; i < count && i < depth; i++) {
        name_scope(&out[i], chain[depth - 1 - i]);
        out[i].directory = out[0].directory;
        out[i].is_inlined = i + 1 < depth;
        if (i > 0)
            place_at_call(&out[i], s, u, chain[depth - i]);
    }
    return count;
}
