#include "merge.h"

#include "mem.h"
#include "seen_in.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* What has a number of its own in the merged findings, by its key. */
struct item {
    UT_hash_handle hh;
    size_t index;
    char key[];
};

struct site_key {
    size_t function; /* interned name */
    uint32_t stack;
};

struct leak_key {
    enum lc_leak_kind kind;
    struct site_key site;
};

struct error_key {
    enum lc_error_kind kind;
    struct site_key site, origin;
};

struct frame_key {
    uintptr_t offset; /* in the module; without one, the address */
    uint32_t outer, module;
    bool is_exact, is_cut;
};

struct lc_merge {
    struct lc_findings f;
    size_t process_count;
    struct item *names, *notes, *modules, *frames, *leaks, *errors, *hanging;
    struct lc_seen_in *leaks_seen, *errors_seen; /* parallel to f.leaks, f.errors */
    uint32_t **leaks_of;                         /* by process: what became of its leaks, by their ids */
};

/* One log on its way in: its ids, and what they are in the merged findings. */
struct source {
    const struct lc_findings *f;
    size_t process; /* from 1 */
    uint32_t *modules, *frames, *leaks;
};

/* The index of `key` in the table; `next`, and `*is_new`, when it was not there. */
static size_t intern(struct item **table, const void *key, size_t len, size_t next, bool *is_new)
{
    struct item *item;
    HASH_FIND(hh, *table, key, len, item);
    *is_new = !item;
    if (item)
        return item->index;
    item = lc_mem_alloc(1, sizeof *item + len + 1);
    item->index = next;
    memcpy(item->key, key, len);
    HASH_ADD_KEYPTR(hh, *table, item->key, len, item);
    return next;
}

static size_t intern_name(struct lc_merge *m, const char *name)
{
    bool is_new;
    return intern(&m->names, name, strlen(name), HASH_COUNT(m->names), &is_new);
}

static uint32_t add_module(struct lc_merge *m, const struct lc_module *module)
{
    bool is_new;
    char *key = lc_mem_format("%s %s", module->build_id, *module->build_id ? "" : module->path); /* copies are the same */
    size_t index = intern(&m->modules, key, strlen(key), m->f.module_count, &is_new);
    free(key);
    if (is_new) {
        m->f.modules = lc_mem_grow(m->f.modules, m->f.module_count, sizeof *m->f.modules);
        m->f.modules[m->f.module_count++] = *module;
    }
    return (uint32_t)index;
}

static uint32_t add_frame(struct lc_merge *m, const struct source *s, const struct lc_frame *frame)
{
    struct frame_key key;
    memset(&key, 0, sizeof key); /* its padding is hashed, too */
    bool has_module = frame->module != LC_NONE;
    key.module = has_module ? s->modules[frame->module] : LC_NONE;
    key.offset = frame->address - (has_module ? s->f->modules[frame->module].bias : 0);
    key.outer = frame->outer == LC_NONE ? LC_NONE : s->frames[frame->outer];
    key.is_exact = frame->is_exact;
    key.is_cut = frame->is_cut;
    bool is_new;
    size_t index = intern(&m->frames, &key, sizeof key, m->f.frame_count, &is_new);
    if (is_new) {
        m->f.frames = lc_mem_grow(m->f.frames, m->f.frame_count, sizeof *m->f.frames);
        m->f.frames[m->f.frame_count++] =
            (struct lc_frame){.address = key.offset + (has_module ? m->f.modules[key.module].bias : 0),
                              .outer = key.outer,
                              .module = key.module,
                              .is_exact = key.is_exact,
                              .is_cut = key.is_cut};
    }
    return (uint32_t)index;
}

/* A door's address, where the merged findings have its module. */
static uintptr_t move_address(const struct lc_merge *m, const struct source *s, uintptr_t address)
{
    for (size_t i = 0; i < s->f->module_count; i++)
        if (lc_range_has(s->f->modules[i].range, address))
            return address - s->f->modules[i].bias + m->f.modules[s->modules[i]].bias;
    return address;
}

static struct lc_site move_site(const struct lc_merge *m, const struct source *s, const struct lc_site *site)
{
    return (struct lc_site){site->function, move_address(m, s, site->address),
                            site->stack == LC_NONE ? LC_NONE : s->frames[site->stack]};
}

static void set_site_key(struct lc_merge *m, struct site_key *key, const struct source *s,
                         const struct lc_site *site)
{
    key->function = intern_name(m, site->function);
    key->stack = site->stack == LC_NONE ? LC_NONE : s->frames[site->stack];
}

static void add_footprint(struct lc_leak *to, const struct lc_leak *from)
{
    to->has_footprint |= from->has_footprint;
    to->footprint.resident += from->footprint.resident;
    to->footprint.proportional += from->footprint.proportional;
    to->footprint.swapped += from->footprint.swapped;
    to->footprint.untouched += from->footprint.untouched;
    to->footprint.pinned += from->footprint.pinned;
}

static void add_leak(struct lc_merge *m, const struct source *s, const struct lc_leak *leak)
{
    struct leak_key key;
    memset(&key, 0, sizeof key);
    key.kind = leak->kind;
    set_site_key(m, &key.site, s, &leak->site);
    bool is_new;
    size_t index = intern(&m->leaks, &key, sizeof key, m->f.leak_count, &is_new);
    if (is_new) {
        m->f.leaks = lc_mem_grow(m->f.leaks, index, sizeof *m->f.leaks);
        m->leaks_seen = lc_mem_grow(m->leaks_seen, index, sizeof *m->leaks_seen);
        m->f.leaks[index] = (struct lc_leak){
            .kind = leak->kind, .id = (uint32_t)index, .site = move_site(m, s, &leak->site)};
        m->leaks_seen[index] = (struct lc_seen_in){0};
        m->f.leak_count++;
    }
    m->f.leaks[index].bytes += leak->bytes;
    m->f.leaks[index].blocks += leak->blocks;
    m->f.leaks[index].hanging_bytes += leak->hanging_bytes;
    m->f.leaks[index].hanging_blocks += leak->hanging_blocks;
    m->f.leaks[index].cycles += leak->cycles;
    if (!m->f.leaks[index].vtable && leak->vtable)
        m->f.leaks[index].vtable = move_address(m, s, leak->vtable);
    add_footprint(&m->f.leaks[index], leak);
    s->leaks[leak->id] = (uint32_t)index;
    lc_seen_in_add(&m->leaks_seen[index], s->process, &s->f->process);
}

struct hanging_key {
    uint32_t leak;
    struct site_key site;
};

static void add_hanging(struct lc_merge *m, const struct source *s, const struct lc_hanging_leak *hanging)
{
    struct hanging_key key;
    memset(&key, 0, sizeof key);
    key.leak = s->leaks[hanging->leak];
    set_site_key(m, &key.site, s, &hanging->site);
    bool is_new;
    size_t index = intern(&m->hanging, &key, sizeof key, m->f.hanging_count, &is_new);
    if (is_new) {
        m->f.hanging = lc_mem_grow(m->f.hanging, index, sizeof *m->f.hanging);
        m->f.hanging[index] = (struct lc_hanging_leak){.leak = key.leak, .site = move_site(m, s, &hanging->site)};
        m->f.hanging_count++;
    }
    m->f.hanging[index].bytes += hanging->bytes;
    m->f.hanging[index].blocks += hanging->blocks;
}

/* The way to a leak is that of the first process that has it. */
static void add_step(struct lc_merge *m, const struct source *s, const struct lc_step *step)
{
    struct lc_step moved = *step;
    if (step->leak != LC_NONE) {
        moved.leak = s->leaks[step->leak];
        if (m->leaks_seen[moved.leak].processes > 1)
            return;
    }
    moved.site = move_site(m, s, &step->site);
    m->f.steps = lc_mem_grow(m->f.steps, m->f.step_count, sizeof *m->f.steps);
    m->f.steps[m->f.step_count++] = moved;
}

static void add_error(struct lc_merge *m, const struct source *s, const struct lc_error *error)
{
    struct error_key key;
    memset(&key, 0, sizeof key);
    key.kind = error->kind;
    set_site_key(m, &key.site, s, &error->site);
    set_site_key(m, &key.origin, s, &error->origin);
    bool is_new;
    size_t index = intern(&m->errors, &key, sizeof key, m->f.error_count, &is_new);
    if (is_new) {
        m->f.errors = lc_mem_grow(m->f.errors, index, sizeof *m->f.errors);
        m->errors_seen = lc_mem_grow(m->errors_seen, index, sizeof *m->errors_seen);
        m->f.errors[index] = *error;
        m->f.errors[index].count = 0;
        m->f.errors[index].site = move_site(m, s, &error->site);
        m->f.errors[index].origin = move_site(m, s, &error->origin);
        m->errors_seen[index] = (struct lc_seen_in){0};
        m->f.error_count++;
    }
    m->f.errors[index].count += error->count;
    lc_seen_in_add(&m->errors_seen[index], s->process, &s->f->process);
}

static void add_totals(struct lc_findings *to, const struct lc_findings *from)
{
    struct lc_heap_totals *h = &to->heap;
    h->allocations += from->heap.allocations;
    h->frees += from->heap.frees;
    h->bytes += from->heap.bytes;
    h->live_blocks += from->heap.live_blocks;
    h->live_bytes += from->heap.live_bytes;
    if (h->peak_bytes < from->heap.peak_bytes)
        h->peak_bytes = from->heap.peak_bytes;
    to->is_partial |= from->is_partial;
    to->crash_count += from->crash_count;
    to->coverage.dropped += from->coverage.dropped;
    to->coverage.unknown_frees += from->coverage.unknown_frees;
    to->coverage.early_blocks += from->coverage.early_blocks;
    to->coverage.truncated_stacks += from->coverage.truncated_stacks;
    to->coverage.unstopped_threads += from->coverage.unstopped_threads;
    for (unsigned i = 0; i < LC_HEURISTIC_COUNT; i++) {
        to->heuristics[i].bytes += from->heuristics[i].bytes;
        to->heuristics[i].blocks += from->heuristics[i].blocks;
    }
}

static void add_notes(struct lc_merge *m, const struct lc_findings *from)
{
    const char **notes = (const char **)(uintptr_t)m->f.notes;
    for (size_t i = 0; i < from->note_count; i++) {
        bool is_new;
        intern(&m->notes, from->notes[i], strlen(from->notes[i]), 0, &is_new);
        if (!is_new)
            continue;
        notes = lc_mem_grow(notes, m->f.note_count, sizeof *notes);
        notes[m->f.note_count++] = from->notes[i];
    }
    m->f.notes = notes;
}

static void add_process(struct lc_merge *m, const struct lc_findings *f)
{
    struct source s = {f, ++m->process_count, lc_mem_alloc(f->module_count, sizeof *s.modules),
                       lc_mem_alloc(f->frame_count, sizeof *s.frames), lc_mem_alloc(f->leak_count, sizeof *s.leaks)};
    for (size_t i = 0; i < f->module_count; i++)
        s.modules[i] = add_module(m, &f->modules[i]);
    for (size_t i = 0; i < f->frame_count; i++)
        s.frames[i] = add_frame(m, &s, &f->frames[i]);
    for (size_t i = 0; i < f->leak_count; i++)
        add_leak(m, &s, &f->leaks[i]);
    for (size_t i = 0; i < f->error_count; i++)
        add_error(m, &s, &f->errors[i]);
    for (size_t i = 0; i < f->hanging_count; i++)
        add_hanging(m, &s, &f->hanging[i]);
    for (size_t i = 0; i < f->step_count; i++)
        add_step(m, &s, &f->steps[i]);
    add_totals(&m->f, f);
    add_notes(m, f);
    m->leaks_of = lc_mem_grow(m->leaks_of, s.process - 1, sizeof *m->leaks_of);
    m->leaks_of[s.process - 1] = s.leaks;
    free(s.modules);
    free(s.frames);
}

struct lc_merge *lc_merge_open(const struct lc_log *logs, size_t count)
{
    struct lc_merge *m = lc_mem_alloc(1, sizeof *m);
    m->f.version = "";
    m->f.process.executable = m->f.process.directory = m->f.process.test = "";
    for (size_t i = 0; i < count; i++)
        add_process(m, &logs[i].findings);
    for (size_t i = 0; i < m->f.leak_count; i++)
        m->f.leaks[i].seen_in = lc_seen_in_text(&m->leaks_seen[i], count);
    for (size_t i = 0; i < m->f.error_count; i++)
        m->f.errors[i].seen_in = lc_seen_in_text(&m->errors_seen[i], count);
    return m;
}

struct lc_findings *lc_merge_findings(struct lc_merge *m)
{
    return &m->f;
}

void lc_merge_spread(const struct lc_merge *m, struct lc_log *logs)
{
    for (size_t i = 0; i < m->process_count; i++)
        for (size_t k = 0; k < logs[i].findings.leak_count; k++) {
            struct lc_leak *leak = &logs[i].findings.leaks[k];
            leak->kind = m->f.leaks[m->leaks_of[i][leak->id]].kind;
        }
}

static void free_table(struct item *table)
{
    struct item *item, *next;
    HASH_ITER(hh, table, item, next)
    {
        HASH_DEL(table, item);
        free(item);
    }
}

void lc_merge_close(struct lc_merge *m)
{
    struct item *tables[] = {m->names, m->notes, m->modules, m->frames, m->leaks, m->errors, m->hanging};
    for (size_t i = 0; i < LC_ARRAY_LEN(tables); i++)
        free_table(tables[i]);
    for (size_t i = 0; i < m->f.leak_count; i++)
        free((void *)(uintptr_t)m->f.leaks[i].seen_in);
    for (size_t i = 0; i < m->f.error_count; i++)
        free((void *)(uintptr_t)m->f.errors[i].seen_in);
    for (size_t i = 0; i < m->process_count; i++)
        free(m->leaks_of[i]);
    free(m->leaks_of);
    free(m->leaks_seen);
    free(m->errors_seen);
    free(m->f.modules);
    free(m->f.frames);
    free(m->f.leaks);
    free(m->f.hanging);
    free(m->f.steps);
    free(m->f.errors);
    free((void *)(uintptr_t)m->f.notes);
    free(m);
}
