#include "scan/stacks.h"

#include "record/thread.h"
#include "scan/segments.h"

#include <link.h>
#include <string.h>

/* More than glibc's struct pthread, which the thread pointer leads to (2304 bytes in 2.36). */
#define DESCRIPTOR_BYTES 2560
#define DESCRIPTOR_LEAST 2048
#define TID_OFFSET 720 /* of struct pthread.tid, behind tcbhead_t and the list; our own says whether that holds */
#define TLS_SPARE 256

struct thread {
    pid_t tid;
    uintptr_t sp, pointer; /* 0 when not known */
    bool is_exact;         /* sp is where it stands */
};

/* The program headers stand in the first page of the file (elf(5)). */
static size_t tls_of(const struct link_map *module)
{
    struct dl_find_object found;
    if (_dl_find_object(module->l_ld, &found) != 0)
        return 0;
    const ElfW(Ehdr) *header = found.dlfo_map_start;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return 0;
    const ElfW(Phdr) *segments = (const void *)((const char *)header + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_TLS)
            return segments[i].p_memsz + segments[i].p_align;
    return 0;
}

/* Not less than the static TLS of any thread; it lies right below the thread pointer (System V ABI, AMD64, 3.4.6).
 * The loader's list is read while no other thread runs. */
static size_t static_tls_size(void)
{
    size_t size = TLS_SPARE;
    for (const struct link_map *m = _r_debug.r_map; m; m = m->l_next)
        size += tls_of(m);
    return size;
}

/* What `address` lies in: a mapping of the program's, else the region. */
static struct lc_range container(const struct lc_scan_input *in, uintptr_t address)
{
    const struct lc_segments s = {in->regions, in->region_count};
    const struct lc_vm_region *r = lc_segments_find(&s, address);
    struct lc_mapping m;
    if (!r)
        return (struct lc_range){0};
    if (lc_mappings_find((struct lc_range){address, address + 1}, &m) && lc_function_family(m.function) == LC_FAMILY_MAP)
        return (struct lc_range){m.range.start > r->range.start ? m.range.start : r->range.start,
                                 m.range.end < r->range.end ? m.range.end : r->range.end};
    return r->range;
}

static struct lc_range kernel_stack(const struct lc_scan_input *in)
{
    static const char *const name[] = {"[stack]"};
    for (size_t i = 0; i < in->region_count; i++)
        if (lc_vm_region_is_named(&in->regions[i], name, 1))
            return in->regions[i].range;
    return (struct lc_range){0};
}

/* Where it begins. */
static uintptr_t add_tls(struct lc_areas *a, struct lc_range where, const struct thread *t, size_t tls_size)
{
    struct lc_range tls = {t->pointer - tls_size, t->pointer + DESCRIPTOR_BYTES};
    if (tls.start < where.start)
        tls.start = where.start;
    if (t->is_exact && lc_range_has(where, t->sp) && t->sp < t->pointer && tls.start < t->sp)
        tls.start = t->sp; /* a deep stack reaches it */
    if (tls.end > where.end)
        tls.end = where.end;
    lc_areas_add(a, LC_AREA_TLS, tls, (uint32_t)t->tid);
    return tls.start;
}

/* A stack that ends at `end`; what is below sp is dead. */
static void add_stack(struct lc_areas *a, struct lc_range where, uintptr_t end, uintptr_t sp, pid_t tid)
{
    lc_areas_add(a, LC_AREA_STACK, (struct lc_range){sp, end}, (uint32_t)tid);
    lc_areas_add(a, LC_AREA_DEAD, (struct lc_range){where.start, sp}, 0);
}

/* A thread has a stack that is its own (libc's, with the descriptor at its end; the kernel's for the first
 * thread), and stands on it or on another one: an alternate signal stack, a coroutine's. The one that it does
 * not stand on is taken as a whole. */
static void add_thread(struct lc_areas *a, const struct lc_scan_input *in, const struct thread *t, size_t tls_size)
{
    struct lc_range home = t->pointer ? container(in, t->pointer) : (struct lc_range){0};
    struct lc_range here = t->sp ? container(in, t->sp) : (struct lc_range){0};
    bool is_first = t->tid == in->hints->pid;
    uintptr_t tls = t->pointer ? add_tls(a, home, t, tls_size) : 0;
    struct lc_range own = is_first && !(t->pointer && lc_range_has(home, t->sp)) ? kernel_stack(in) : home;
    uintptr_t own_end = own.start == home.start && tls ? tls : own.end;
    bool is_on_own = lc_range_has(own, t->sp) && t->sp <= own_end;
    if (is_on_own)
        add_stack(a, own, own_end, t->sp, t->tid);
    else if (!lc_range_is_empty(own))
        add_stack(a, own, own_end, own.start, t->tid);
    if (t->sp && !is_on_own && !lc_range_is_empty(here))
        add_stack(a, here, here.end, t->sp, t->tid);
}

static uintptr_t pointer_of(pid_t tid)
{
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next)
        if (t->tid == tid)
            return t->thread_pointer;
    return 0;
}

/* Whether the thread of this descriptor has ended and may still be joined: then its result waits there. The kernel
 * has set `tid` to 0 (CLONE_CHILD_CLEARTID), a join sets it to -1; `joinid` of a detached thread is the thread. */
static bool is_joinable(uintptr_t descriptor, const struct lc_self *self)
{
    const int32_t *own = (const int32_t *)(self->pointer + TID_OFFSET);
    if (*own != self->tid || *(const int32_t *)(descriptor + TID_OFFSET) != 0)
        return false;
    const uintptr_t *words = (const uintptr_t *)descriptor;
    for (size_t i = TID_OFFSET / sizeof *words; i < DESCRIPTOR_LEAST / sizeof *words; i++)
        if (words[i] == descriptor)
            return false;
    return true;
}

/* libc keeps the stacks of threads that have ended for the next ones. */
static void add_ended(struct lc_areas *a, const struct lc_scan_input *in)
{
    const struct lc_segments s = {in->regions, in->region_count};
    for (const struct lc_thread *t = lc_thread_first(); t; t = t->next) {
        const struct lc_vm_region *r = lc_segments_find(&s, t->thread_pointer);
        bool is_alive = t->tid == in->self->tid;
        for (size_t i = 0; i < in->world->count && !is_alive; i++)
            is_alive = in->world->threads[i].tid == t->tid && in->world->threads[i].state != LC_THREAD_GONE;
        if (is_alive || !r || r == in->regions || !lc_vm_region_is_anonymous(r) || !lc_vm_region_is_closed(r - 1) ||
            !lc_vm_region_touches(r - 1, r))
            continue;
        uintptr_t end = t->thread_pointer + DESCRIPTOR_BYTES;
        end = end < r->range.end ? end : r->range.end;
        if (end - t->thread_pointer > DESCRIPTOR_LEAST && is_joinable(t->thread_pointer, in->self))
            lc_areas_add(a, LC_AREA_TLS, (struct lc_range){t->thread_pointer, end}, (uint32_t)t->tid);
        lc_areas_add(a, LC_AREA_DEAD, (struct lc_range){r->range.start, end}, 0);
    }
}

void lc_stacks_find(struct lc_areas *a, const struct lc_scan_input *in)
{
    size_t tls_size = static_tls_size();
    const struct thread self = {in->self->tid, in->self->sp, in->self->pointer, true};
    add_thread(a, in, &self, tls_size);
    for (size_t i = 0; i < in->world->count; i++) {
        const struct lc_world_thread *t = &in->world->threads[i];
        if (t->state == LC_THREAD_GONE)
            continue;
        struct thread other = {t->tid, t->sp, t->pointer ? t->pointer : pointer_of(t->tid), t->state == LC_THREAD_STOPPED};
        add_thread(a, in, &other, tls_size);
    }
    add_ended(a, in);
}
