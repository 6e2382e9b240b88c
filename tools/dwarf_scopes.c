/* libdw's own look-ups need .debug_aranges, which clang leaves out, or a walk over the whole tree for each
 * address (dwarf_getscopes: 0.3 ms a frame). So: each unit's ranges once, the tree of a unit once, sorted and
 * bisected. */
#include "dwarf_scopes.h"

#include "mem.h"

#include <dwarf.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 256 /* of nested DIEs; compilers stay far below */
#define CHAIN_MAX 64  /* of inlined functions at one address */

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
    size_t unit_count;
    struct spans spans;
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

static void walk_children(struct unit *u, Dwarf_Die *parent, unsigned depth);

static void walk_function(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    size_t index = u->function_count;
    size_t first = u->inlined_spans.count;
    bool has_code = add_spans(&u->function_spans, die, index);
    if (has_code) {
        u->functions = lc_mem_grow(u->functions, u->function_count, sizeof *u->functions);
        u->functions[u->function_count++] = (struct function){.die = *die};
    }
    walk_children(u, die, depth); /* also without code: local classes have functions of their own */
    if (has_code) {
        u->functions[index].inlined_first = first;
        u->functions[index].inlined_end = u->inlined_spans.count;
    }
}

static void walk_inlined(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    if (add_spans(&u->inlined_spans, die, u->inlined_count)) {
        u->inlined = lc_mem_grow(u->inlined, u->inlined_count, sizeof *u->inlined);
        u->inlined[u->inlined_count++] = *die;
    }
    walk_children(u, die, depth);
}

static void walk(struct unit *u, Dwarf_Die *die, unsigned depth)
{
    switch (dwarf_tag(die)) {
    case DW_TAG_subprogram:
        walk_function(u, die, depth);
        break;
    case DW_TAG_inlined_subroutine:
        walk_inlined(u, die, depth);
        break;
    case DW_TAG_namespace:
    case DW_TAG_module:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_lexical_block:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
    case DW_TAG_with_stmt:
        walk_children(u, die, depth);
        break;
    default: /* no code in there */
        break;
    }
}

static void walk_children(struct unit *u, Dwarf_Die *parent, unsigned depth)
{
    Dwarf_Die die;
    if (depth == DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return;
    do
        walk(u, &die, depth + 1);
    while (dwarf_siblingof(&die, &die) == 0);
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
    return s;
}

void lc_scopes_close(struct lc_scopes *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->unit_count; i++) {
        free(s->units[i].functions);
        free(s->units[i].function_spans.at);
        free(s->units[i].inlined);
        free(s->units[i].inlined_spans.at);
    }
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

static void place_at_line(struct lc_scope *scope, struct unit *u, Dwarf_Addr pc)
{
    int line = 0;
    Dwarf_Line *row = dwarf_getsrc_die(&u->skeleton, pc);
    if (!row || dwarf_lineno(row, &line) != 0)
        return;
    scope->file = dwarf_linesrc(row, NULL, NULL);
    scope->line = (unsigned)line;
}

static void place_at_call(struct lc_scope *scope, struct unit *u, Dwarf_Die *inlined)
{
    Dwarf_Files *files;
    size_t count;
    if (dwarf_getsrcfiles(&u->die, &files, &count) != 0)
        return;
    scope->file = dwarf_filesrc(files, number_of(inlined, DW_AT_call_file), NULL, NULL);
    scope->line = number_of(inlined, DW_AT_call_line);
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
    place_at_line(&out[0], u, pc);
    for (unsigned i = 0; i < count && i < depth; i++) {
        name_scope(&out[i], chain[depth - 1 - i]);
        out[i].directory = out[0].directory;
        out[i].is_inlined = i + 1 < depth;
        if (i > 0)
            place_at_call(&out[i], u, chain[depth - i]);
    }
    return count;
}
