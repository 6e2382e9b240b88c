#include "record/modules.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "base/vec.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <string.h>

struct lc_lock lc_modules_lock;

static struct {
    struct lc_vec all;
    const char *executable;
    uint32_t newest; /* index of the module found last: most questions are about it */
} modules = {.all = LC_VEC_OF(struct lc_loaded_module)};

void lc_modules_init(const char *executable)
{
    modules.executable = lc_pool_strdup(executable);
}

static void read_note(const char *note, size_t size, struct lc_loaded_module *m)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *n = (const void *)note;
        const char *name = note + sizeof *n;
        size_t name_size = lc_align_up(n->n_namesz, 4);
        size_t whole = sizeof *n + name_size + lc_align_up(n->n_descsz, 4);
        if (whole > size)
            return;
        if (n->n_type == NT_GNU_BUILD_ID && n->n_namesz == 4 && memcmp(name, "GNU", 4) == 0 &&
            n->n_descsz <= LC_BUILD_ID_MAX) {
            m->build_id_len = (uint8_t)n->n_descsz;
            memcpy(m->build_id, name + name_size, n->n_descsz);
            return;
        }
        note += whole;
        size -= whole;
    }
}

/* The ELF header stands at the start of the mapping, and the notes in its first segment. */
static void read_build_id(struct lc_loaded_module *m)
{
    const ElfW(Ehdr) *header = (const void *)m->range.start;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return;
    const ElfW(Phdr) *segments = (const void *)(m->range.start + header->e_phoff);
    for (unsigned i = 0; i < header->e_phnum && !m->build_id_len; i++)
        if (segments[i].p_type == PT_NOTE)
            read_note((const char *)(m->bias + segments[i].p_vaddr), segments[i].p_memsz, m);
}

/* The file's own name, without links and dots: what the loader was asked for may be relative to a directory
 * that we have left by the time of the report. No buffer on the stack: it may be a small one. */
static const char *canonical(const char *name)
{
    char link[32];
    char *path = lc_pool_alloc(PATH_MAX);
    int fd = lc_sys_open(name, O_PATH, 0);
    lc_format(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t len = path && fd >= 0 ? lc_sys_readlink(link, path, PATH_MAX - 1) : -1;
    if (fd >= 0)
        lc_sys_close(fd);
    if (len > 0)
        path[len] = '\0';
    const char *found = lc_pool_strdup(len > 0 ? path : name);
    lc_pool_free(path, PATH_MAX);
    return found;
}

static const char *path_of(const struct link_map *map)
{
    if (map->l_name[0] == '\0')
        return modules.executable;
    if (strcmp(map->l_name, "linux-vdso.so.1") == 0)
        return "[vdso]";
    return canonical(map->l_name);
}

static bool is_same(const struct lc_loaded_module *m, const struct dl_find_object *found)
{
    return !m->is_closed && m->link_map == found->dlfo_link_map && m->range.start == (uintptr_t)found->dlfo_map_start;
}

static uint32_t look_up(const struct dl_find_object *found)
{
    uint32_t count = lc_vec_count(&modules.all);
    uint32_t newest = __atomic_load_n(&modules.newest, __ATOMIC_RELAXED);
    if (newest < count && is_same(lc_vec_at(&modules.all, newest), found))
        return newest;
    for (uint32_t i = 0; i < count; i++)
        if (is_same(lc_vec_at(&modules.all, i), found)) {
            __atomic_store_n(&modules.newest, i, __ATOMIC_RELAXED);
            return i;
        }
    return UINT32_MAX;
}

/* Whoever stood here before was unmapped behind our back. */
static void close_overlapped(struct lc_range range)
{
    for (uint32_t i = 0; i < modules.all.count; i++) {
        struct lc_loaded_module *m = lc_vec_at(&modules.all, i);
        if (lc_range_overlaps(m->range, range))
            m->is_closed = true;
    }
}

static uint32_t note(const struct dl_find_object *found)
{
    uint64_t signals;
    lc_lock_acquire(&lc_modules_lock, &signals);
    uint32_t index = look_up(found);
    if (index == UINT32_MAX) {
        struct lc_loaded_module m = {
            .range = {(uintptr_t)found->dlfo_map_start, (uintptr_t)found->dlfo_map_end},
            .bias = found->dlfo_link_map->l_addr,
            .link_map = found->dlfo_link_map,
            .path = path_of(found->dlfo_link_map),
        };
        read_build_id(&m);
        close_overlapped(m.range);
        index = m.path ? lc_vec_push(&modules.all, &m, "modules") : UINT32_MAX;
    }
    lc_lock_release(&lc_modules_lock, &signals);
    return index;
}

uint32_t lc_modules_at(uintptr_t pc)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)pc, &found) != 0)
        return UINT32_MAX;
    uint32_t index = look_up(&found);
    return index != UINT32_MAX ? index : note(&found);
}

uint32_t lc_modules_count(void)
{
    return lc_vec_count(&modules.all);
}

const struct lc_loaded_module *lc_modules_get(uint32_t index)
{
    return lc_vec_at(&modules.all, index);
}

bool lc_modules_sweep(void)
{
    bool any = false;
    uint64_t signals;
    lc_lock_acquire(&lc_modules_lock, &signals);
    for (uint32_t i = 0; i < modules.all.count; i++) {
        struct lc_loaded_module *m = lc_vec_at(&modules.all, i);
        struct dl_find_object found;
        if (m->is_closed || (_dl_find_object((void *)m->range.start, &found) == 0 && is_same(m, &found)))
            continue;
        m->is_closed = true;
        any = true;
    }
    lc_lock_release(&lc_modules_lock, &signals);
    return any;
}
