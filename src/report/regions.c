#include "report/regions.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "record/heap.h"
#include "record/mappings.h"
#include "record/thread.h"
#include "scan/tasks.h"
#include "vm/kinds.h"
#include "vm/proc.h"
#include "vm/purpose.h"

#include <errno.h>
#include <link.h>
#include <string.h>
#include <sys/syscall.h>

static bool has_blocks(void *arg, struct lc_range range)
{
    (void)arg;
    return lc_heap_is_used(range);
}

static size_t arena_of(void *arg, const struct lc_vm_region *region)
{
    const struct lc_regions *r = arg;
    size_t index = lc_arenas_of(&r->arenas, region);
    return index < r->arenas.count ? index : SIZE_MAX;
}

/* Where the module of `address` is loaded. */
static struct lc_range module_of(uintptr_t address)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)address, &found) != 0)
        return (struct lc_range){0};
    return (struct lc_range){(uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end};
}

/* Where the loader keeps its own description of that module. */
static uintptr_t link_map_of(uintptr_t address)
{
    struct dl_find_object found;
    return _dl_find_object((void *)address, &found) == 0 ? (uintptr_t)found.dlfo_link_map : 0;
}

static void hint_own(struct lc_regions *r)
{
    struct lc_vm_hints *h = &r->hints;
    struct lc_own own;
    size_t count = 0;
    while (lc_pages_own(count, &own))
        count++;
    r->own_room = count + 1;
    h->own = lc_pages_map(r->own_room * sizeof h->own[0], "report");
    if (!h->own)
        return;
    for (h->own_count = 0; h->own_count < count; h->own_count++)
        lc_pages_own(h->own_count, &h->own[h->own_count]);
    h->own[h->own_count++] = (struct lc_own){module_of((uintptr_t)module_of), "libleakcheck.so"};
}

/* Signal 0 is not sent: kill(2). */
static bool is_alive(pid_t process, pid_t thread)
{
    return lc_sys_call(SYS_tgkill, process, thread, 0, 0, 0, 0) == 0;
}

static void take_name(void *arg, const char *text, size_t len)
{
    struct lc_vm_thread *t = arg;
    if (len && len <= sizeof t->name) /* ends in a newline */
        lc_format(t->name, sizeof t->name, "%.*s", (int)len - 1, text);
}

static struct lc_vm_thread describe(pid_t pid, pid_t tid, uintptr_t pointer, bool has_name)
{
    struct lc_vm_thread out = {pointer, tid, ""};
    char file[32], text[32];
    lc_format(file, sizeof file, "task/%d/comm", tid);
    if (has_name)
        lc_proc_read(pid, file, text, sizeof text, take_name, &out);
    return out;
}

static bool is_hinted(const struct lc_vm_hints *h, pid_t tid)
{
    for (size_t i = 0; i < h->thread_count; i++)
        if (h->threads[i].tid == tid)
            return true;
    return false;
}

static void hint_recorded(struct lc_vm_hints *h, size_t most, bool has_names)
{
    for (const struct lc_thread *t = lc_thread_first(); t && h->thread_count < most; t = t->next)
        if (!is_hinted(h, t->tid) && is_alive(h->pid, t->tid))
            h->threads[h->thread_count++] = describe(h->pid, t->tid, t->thread_pointer, has_names);
}

/* A thread that never allocated has no record, but where it was stopped its pointer is known. */
static void hint_threads(struct lc_regions *r, const struct lc_world *world, bool has_names)
{
    struct lc_vm_hints *h = &r->hints;
    size_t stopped = world ? world->count : 0, recorded = 0;
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next)
        recorded++;
    r->thread_room = stopped + recorded + 1;
    h->threads = lc_pages_map(r->thread_room * sizeof h->threads[0], "report");
    if (!h->threads)
        return;
    for (size_t i = 0; i < stopped; i++) {
        const struct lc_world_thread *t = &world->threads[i];
        if (t->state == LC_THREAD_STOPPED && t->pointer)
            h->threads[h->thread_count++] = describe(h->pid, t->tid, t->pointer, has_names);
    }
    hint_recorded(h, stopped + recorded, has_names);
}

/* Every loaded module has one executable mapping of a file at least. */
static void hint_modules(struct lc_regions *all)
{
    struct lc_vm_hints *h = &all->hints;
    const struct lc_vm_snapshot *s = &all->snapshot;
    all->module_room = s->count + 1;
    h->modules = lc_pages_map(all->module_room * sizeof h->modules[0], "report");
    for (size_t i = 0; h->modules && i < s->count; i++) {
        struct dl_find_object found;
        const struct lc_vm_region *r = &s->regions[i];
        if (r->permissions[2] != 'x' || _dl_find_object((void *)r->range.start, &found) != 0)
            continue;
        /* The end is that of the last byte, the map's that of its page. */
        struct lc_range module = {(uintptr_t)found.dlfo_map_start,
                                  lc_align_up((uintptr_t)found.dlfo_map_end, LC_PAGE_SIZE)};
        if (h->module_count == 0 || h->modules[h->module_count - 1].start != module.start)
            h->modules[h->module_count++] = module;
    }
}

static struct lc_site mapped_by(struct lc_range range, const uintptr_t *function_addresses)
{
    struct lc_mapping m;
    if (!lc_mappings_find(range, &m))
        return (struct lc_site){"", 0, LC_NONE};
    return (struct lc_site){lc_function_name(m.function), function_addresses[m.function], m.stack};
}

static const char *purpose(const struct lc_vm_snapshot *s, size_t index, const struct lc_vm_hints *h)
{
    char text[LC_PURPOSE_MAX];
    lc_purpose_of(s->regions, s->count, index, h, text);
    const char *copy = text[0] ? lc_pool_strdup(text) : NULL;
    return copy ? copy : "";
}

/* Blocks may lie in any readable memory; what is written only by others (a file that is mapped to be read)
 * holds no pointers. */
static bool may_hold_blocks(const struct lc_vm_region *r, const struct lc_vm_hints *h)
{
    const struct lc_own *most;
    bool is_memory = lc_vm_region_is_writable(r) || lc_vm_region_is_anonymous(r);
    /* The kernel may have put ours into a hole between pages of the program's, and made one region of them. */
    bool is_ours = r->kind == LC_REGION_OWN && lc_vm_hints_own_bytes(h, r->range, &most) == lc_range_size(r->range);
    return r->permissions[0] == 'r' && is_memory && !is_ours && r->kind != LC_REGION_KERNEL;
}

/* What smaps could not tell, pages do, of the regions that were asked for. */
static void add_figures(struct lc_vm_region *region, const struct lc_residency_count *count, bool has_figures)
{
    region->zero = count->zero;
    region->guard = count->guard;
    if (region->has_residency || !has_figures)
        return;
    region->resident = count->resident;
    region->swapped = count->swapped;
    region->proportional = count->resident;
    region->has_residency = true;
}

/* In a copy, smaps tells of its own pages: of those that were not copied, none; and of the others, each is shared with the
 * process, which has it alone (as far as it has no other children). */
static void correct_figures(struct lc_vm_region *region)
{
    if (lc_residency_is_left(region))
        region->has_residency = false;
    else if (region->proportional <= region->resident / 2)
        region->proportional *= 2;
    else
        region->proportional = region->resident;
}

static int read_residency(struct lc_regions *r, pid_t original, bool has_figures)
{
    int rc = lc_residency_init(&r->residency, original);
    for (size_t i = 0; rc == 0 && i < r->snapshot.count; i++) {
        struct lc_vm_region *region = &r->snapshot.regions[i];
        struct lc_residency_count count = {0};
        int told = -ENODATA;
        if (original)
            correct_figures(region);
        if (may_hold_blocks(region, &r->hints))
            told = lc_residency_add(&r->residency, region, &count);
        else if (has_figures && !region->has_residency)
            told = lc_residency_count(&r->residency, region, &count);
        if (told == 0)
            add_figures(region, &count, has_figures);
        rc = told == -ENOMEM ? told : 0;
    }
    lc_residency_finish(&r->residency);
    return rc;
}

int lc_regions_read(struct lc_regions *r, const struct lc_world *world, pid_t original, bool has_figures)
{
    *r = (struct lc_regions){.hints = {.loader = link_map_of((uintptr_t)strerrordesc_np),
                                       .pid = original ? original : lc_tasks_process(),
                                       .has_blocks = has_blocks, .arena_of = arena_of, .arg = r}};
    int rc = has_figures ? lc_vm_snapshot_read(0, &r->snapshot) : lc_vm_snapshot_read_ranges(0, &r->snapshot);
    r->own_bytes = lc_pages_own_bytes(); /* a part of what the next one says */
    lc_vm_status_read(original, &r->status);
    if (rc < 0)
        return rc;
    hint_own(r);
    hint_threads(r, world, has_figures);
    hint_modules(r);
    lc_vm_hints_sort(&r->hints);
    lc_kinds_set(r->snapshot.regions, r->snapshot.count, &r->hints);
    rc = read_residency(r, original, has_figures);
    if (rc < 0)
        lc_regions_release(r);
    else if (has_figures)
        lc_arenas_find(&r->arenas, r->snapshot.regions, r->snapshot.count, module_of((uintptr_t)strerrordesc_np), &r->residency);
    return rc;
}

static void release(void *array, size_t room, size_t size)
{
    if (array)
        lc_pages_unmap(array, room * size);
}

void lc_regions_release(struct lc_regions *r)
{
    release(r->hints.own, r->own_room, sizeof r->hints.own[0]);
    release(r->hints.threads, r->thread_room, sizeof r->hints.threads[0]);
    release(r->hints.modules, r->module_room, sizeof r->hints.modules[0]);
    lc_vm_snapshot_release(&r->snapshot);
    lc_residency_release(&r->residency);
    *r = (struct lc_regions){0};
}

int lc_regions_collect(struct lc_findings *f, const uintptr_t *function_addresses, const struct lc_regions *r)
{
    const struct lc_vm_snapshot *s = &r->snapshot;
    f->regions = lc_pages_map(s->count * sizeof f->regions[0], "report");
    for (size_t i = 0; f->regions && i < s->count; i++)
        f->regions[i] = (struct lc_region){s->regions[i], purpose(s, i, &r->hints),
                                           mapped_by(s->regions[i].range, function_addresses), 0};
    f->region_count = f->regions ? s->count : 0;
    return f->regions ? 0 : -ENOMEM;
}
