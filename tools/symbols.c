#include "symbols.h"

#include "demangle.h"
#include "dwarf_scopes.h"
#include "symbol_table.h"
#include "mem.h"
#include "module_file.h"
#include "progress.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define SCOPES_MAX 64

/* The locations of one address of one object. */
struct place {
    uintptr_t pc; /* key: in the object's own addresses */
    UT_hash_handle hh;
    const char *symbol; /* of the function itself, or NULL */
    char *demangled;
    unsigned count;
    struct lc_location at[];
};

/* A source file, by the strings that the debug information has for it, which stay where they are. */
struct source {
    struct source_key {
        const char *directory, *file;
    } key;
    UT_hash_handle hh;
    char *path;
    const char *shown, *reported;
    bool is_own;
};

/* A module's file: the same path may stand for other files in other processes. */
struct object {
    char *key; /* "build-id path" */
    UT_hash_handle hh;
    struct lc_module_file file;
    struct lc_symbol_table *symbols;
    struct lc_scopes *scopes; /* NULL: no DWARF */
    Dwarf_Addr dwarf_bias;
    struct place *places;
    struct source *sources;
    bool is_own; /* it lies among own sources */
};

struct symbols {
    struct lc_namer namer; /* first */
    char *data_name;       /* the last one that was asked for */
    struct lc_sources_settings settings;
    struct object *objects;
    const struct lc_frame *frames; /* asked for last, */
    const struct place **places;   /* and by their number, where they are; NULL: not asked for yet */
};

static struct object *open_object(const char *path, const char *build_id)
{
    struct object *o = lc_mem_alloc(1, sizeof *o);
    if (path[0] == '/')
        o->file = lc_module_file_open(path, build_id);
    if (!o->file.module)
        return o;
    o->symbols = lc_symbol_table_open(o->file.module);
    Dwarf *dwarf = dwfl_module_getdwarf(o->file.module, &o->dwarf_bias);
    if (dwarf)
        o->scopes = lc_scopes_open(dwarf);
    return o;
}

static struct object *object_of(struct symbols *s, const struct lc_module *m)
{
    struct object *o;
    char *key = lc_mem_format("%s %s", m->build_id, m->path);
    HASH_FIND_STR(s->objects, key, o);
    if (o) {
        free(key);
        return o;
    }
    o = open_object(m->path, m->build_id);
    o->is_own = lc_sources_is_own(&s->settings, m->path);
    o->key = key;
    HASH_ADD_KEYPTR(hh, s->objects, o->key, strlen(o->key), o);
    return o;
}

static const struct source *source_of(const struct symbols *s, struct object *o, const struct lc_scope *scope)
{
    struct source_key key = {scope->directory, scope->file};
    struct source *source;
    HASH_FIND(hh, o->sources, &key, sizeof key, source);
    if (source)
        return source;
    source = lc_mem_alloc(1, sizeof *source);
    source->key = key;
    source->path = lc_sources_path(scope->directory, scope->file);
    source->shown = lc_sources_shown(&s->settings, source->path);
    source->reported = lc_sources_reported(&s->settings, source->path);
    source->is_own = lc_sources_is_own(&s->settings, source->path);
    HASH_ADD(hh, o->sources, key, sizeof source->key, source);
    return source;
}

/* Functions that are code of their own go by their symbol, as in valgrind and gdb: "f(int) [clone .part.0]".
 * Inlined ones have none, and go by their plain name, as in valgrind, too. */
static struct lc_location location_of(const struct symbols *s, struct object *o, const struct lc_scope *scope,
                                      const struct place *p)
{
    const struct source *source = scope->file ? source_of(s, o, scope) : NULL;
    return (struct lc_location){.function = scope->is_inlined ? scope->name : p->demangled,
                                .symbol = scope->is_inlined ? scope->linkage_name : p->symbol,
                                .file = source ? source->shown : NULL,
                                .path = source ? source->reported : NULL,
                                .source = source ? source->path : NULL,
                                .line = scope->line,
                                .is_inlined = scope->is_inlined,
                                .is_own = source ? source->is_own : o->is_own};
}

static const char *symbol_of(struct object *o, uintptr_t pc, const struct lc_scope *outermost)
{
    const char *symbol = o->symbols ? lc_symbol_table_at(o->symbols, pc) : NULL;
    if (symbol)
        return symbol;
    return outermost->linkage_name ? outermost->linkage_name : outermost->name;
}

static struct place *resolve(const struct symbols *s, struct object *o, uintptr_t pc)
{
    struct lc_scope scopes[SCOPES_MAX] = {0};
    unsigned count = o->scopes ? lc_scopes_at(o->scopes, pc - o->dwarf_bias, scopes, SCOPES_MAX) : 0;
    count = count ? count : 1;
    struct place *p = lc_mem_alloc(1, sizeof *p + count * sizeof p->at[0]);
    p->pc = pc;
    p->count = count;
    p->symbol = symbol_of(o, pc, &scopes[count - 1]);
    p->demangled = p->symbol ? lc_demangle(p->symbol) : NULL;
    for (unsigned i = 0; i < count; i++)
        p->at[i] = location_of(s, o, &scopes[i], p);
    return p;
}

static struct place *place_of(const struct symbols *s, struct object *o, uintptr_t pc)
{
    struct place *p;
    HASH_FIND(hh, o->places, &pc, sizeof pc, p);
    if (!p) {
        p = resolve(s, o, pc);
        HASH_ADD(hh, o->places, pc, sizeof p->pc, p);
    }
    return p;
}

/* Most frames are asked for again and again, by all the stacks that they are in. */
static const struct place *place_of_frame(struct symbols *s, const struct lc_findings *f, uint32_t frame)
{
    if (s->frames != f->frames) {
        free(s->places);
        s->places = lc_mem_alloc(f->frame_count, sizeof *s->places);
        s->frames = f->frames;
    }
    if (!s->places[frame]) {
        const struct lc_module *m = &f->modules[f->frames[frame].module];
        s->places[frame] = place_of(s, object_of(s, m), lc_frame_pc(&f->frames[frame]) - m->bias);
    }
    return s->places[frame];
}

static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame,
                       struct lc_location *out, unsigned max)
{
    struct symbols *s = (struct symbols *)(void *)namer;
    if (f->frames[frame].module == LC_NONE) {
        out[0] = (struct lc_location){0};
        return 1;
    }
    const struct place *p = place_of_frame(s, f, frame);
    unsigned count = p->count < max ? p->count : max;
    memcpy(out, p->at, count * sizeof *out);
    return count;
}

struct wanted {
    struct object *object;
    uintptr_t pc;
};

static int compare_wanted(const void *va, const void *vb)
{
    const struct wanted *a = va, *b = vb;
    if (a->object != b->object)
        return a->object < b->object ? -1 : 1;
    return a->pc < b->pc ? -1 : a->pc > b->pc;
}

void lc_symbols_prepare(struct lc_namer *namer, const struct lc_findings *f, bool has_progress)
{
    struct symbols *s = (struct symbols *)(void *)namer;
    struct wanted *wanted = lc_mem_alloc(f->frame_count, sizeof *wanted);
    size_t count = 0;
    for (size_t i = 0; i < f->frame_count; i++) {
        const struct lc_frame *frame = &f->frames[i];
        const struct lc_module *m = frame->module == LC_NONE ? NULL : &f->modules[frame->module];
        if (m)
            wanted[count++] = (struct wanted){object_of(s, m), lc_frame_pc(frame) - m->bias};
    }
    struct lc_progress progress;
    qsort(wanted, count, sizeof *wanted, compare_wanted);
    lc_progress_start(&progress, "names", has_progress ? count : 0);
    for (size_t i = 0; i < count; i++) {
        lc_progress_step(&progress, i);
        place_of(s, wanted[i].object, wanted[i].pc);
    }
    lc_progress_end(&progress);
    free(wanted);
}

static const char *locate_data(struct lc_namer *namer, const struct lc_module *m, uintptr_t address, uint64_t *offset)
{
    struct symbols *s = (struct symbols *)(void *)namer;
    const struct object *o = object_of(s, m);
    GElf_Off at;
    GElf_Sym symbol;
    const char *name = o->file.module ? dwfl_module_addrinfo(o->file.module, address - m->bias, &at, &symbol, NULL, NULL, NULL)
                                      : NULL;
    if (!name || GELF_ST_TYPE(symbol.st_info) != STT_OBJECT || at >= symbol.st_size)
        return NULL;
    free(s->data_name);
    s->data_name = lc_demangle(name);
    *offset = at;
    return s->data_name;
}

struct lc_namer *lc_symbols_open(const struct lc_sources_settings *settings)
{
    struct symbols *s = lc_mem_alloc(1, sizeof *s);
    s->namer.locate = locate;
    s->namer.locate_data = locate_data;
    s->settings = *settings;
    return &s->namer;
}

static void close_places(struct object *o)
{
    struct place *p, *next;
    HASH_ITER(hh, o->places, p, next)
    {
        HASH_DEL(o->places, p);
        free(p->demangled);
        free(p);
    }
}

static void close_sources(struct object *o)
{
    struct source *source, *next;
    HASH_ITER(hh, o->sources, source, next)
    {
        HASH_DEL(o->sources, source);
        free(source->path);
        free(source);
    }
}

static void close_object(struct object *o)
{
    close_places(o);
    close_sources(o);
    lc_scopes_close(o->scopes);
    lc_symbol_table_close(o->symbols);
    dwfl_end(o->file.dwfl);
    free(o->key);
    free(o);
}

void lc_symbols_close(struct lc_namer *namer)
{
    struct symbols *s = (struct symbols *)(void *)namer;
    struct object *o, *next;
    HASH_ITER(hh, s->objects, o, next)
    {
        HASH_DEL(s->objects, o);
        close_object(o);
    }
    free(s->data_name);
    free(s->places);
    free(s);
}
