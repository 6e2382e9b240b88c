#include "report/regions.h"

#include "base/arena.h"
#include "base/sys.h"
#include "record/heap.h"
#include "record/mappings.h"
#include "record/thread.h"
#include "vm/kinds.h"
#include "vm/purpose.h"

#include <errno.h>
#include <link.h>
#include <sys/syscall.h>

static bool has_blocks(void *arg, struct lc_range range)
{
    (void)arg;
    return lc_heap_is_used(range);
}

/* Where libleakcheck.so itself is loaded. */
static struct lc_range library_range(void)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)(uintptr_t)library_range, &found) != 0)
        return (struct lc_range){0};
    return (struct lc_range){(uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end};
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
    h->own[h->own_count++] = (struct lc_own){library_range(), "libleakcheck.so"};
}

/* Signal 0 is not sent: kill(2). */
static bool is_alive(pid_t process, pid_t thread)
{
    return lc_sys_call(SYS_tgkill, process, thread, 0, 0, 0, 0) == 0;
}

static void hint_threads(struct lc_regions *r)
{
    struct lc_vm_hints *h = &r->hints;
    size_t count = 0;
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next)
        count++;
    r->thread_room = count + 1;
    h->threads = lc_pages_map(r->thread_room * sizeof h->threads[0], "report");
    for (const struct lc_thread *t = lc_thread_first(); h->threads && t && h->thread_count < count; t = t->next)
        if (is_alive(h->pid, t->tid))
            h->threads[h->thread_count++] = (struct lc_vm_thread){t->thread_pointer, t->tid};
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

int lc_regions_read(struct lc_regions *r)
{
    *r = (struct lc_regions){.hints = {.pid = lc_sys_getpid(), .has_blocks = has_blocks}};
    int rc = lc_vm_snapshot_read(0, &r->snapshot);
    if (rc < 0)
        return rc;
    hint_own(r);
    hint_threads(r);
    hint_modules(r);
    lc_vm_hints_sort(&r->hints);
    lc_kinds_set(r->snapshot.regions, r->snapshot.count, &r->hints);
    return 0;
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
    *r = (struct lc_regions){0};
}

int lc_regions_collect(struct lc_findings *f, const uintptr_t *function_addresses, struct lc_regions *out)
{
    const struct lc_vm_snapshot *s = &out->snapshot;
    int rc = lc_regions_read(out);
    if (rc < 0)
        return rc;
    f->regions = lc_pages_map(s->count * sizeof f->regions[0], "report");
    for (size_t i = 0; f->regions && i < s->count; i++)
        f->regions[i] = (struct lc_region){s->regions[i], purpose(s, i, &out->hints),
                                           mapped_by(s->regions[i].range, function_addresses)};
    f->region_count = f->regions ? s->count : 0;
    return f->regions ? 0 : -ENOMEM;
}
