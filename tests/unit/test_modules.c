#include "record/modules.h"

#include <limits.h>
#include <stdlib.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/auxv.h>

static const struct lc_loaded_module *at(const void *code)
{
    uint32_t index = lc_modules_at((uintptr_t)code);
    return index == UINT32_MAX ? NULL : lc_modules_get(index);
}

/* A library that nothing else here loads. */
static struct link_map *load(void)
{
    struct link_map *map = dlopen("libBrokenLocale.so.1", RTLD_NOW);
    cr_assert(ne(ptr, map, NULL));
    return map;
}

Test(modules, the_executable_has_the_name_it_was_given)
{
    lc_modules_init("/some/where");
    cr_assert(eq(int, strcmp(at((void *)(uintptr_t)at)->path, "/some/where"), 0));
}

Test(modules, a_library_is_told_by_path_range_and_bias)
{
    struct link_map *map = load();
    const struct lc_loaded_module *m = at(map->l_ld);
    char path[PATH_MAX];
    cr_assert(ne(ptr, realpath(map->l_name, path), NULL));
    cr_assert(eq(int, strcmp(m->path, path), 0)); /* its own, not the link's */
    cr_assert(eq(uptr, m->bias, map->l_addr));
    cr_assert(lc_range_has(m->range, (uintptr_t)map->l_ld));
    cr_assert(not(m->is_closed));
}

Test(modules, a_build_id_is_that_of_the_file)
{
    const struct lc_loaded_module *m = at(load()->l_ld);
    cr_assert(eq(u8, m->build_id_len, 20));
    /* The note in memory: its header, "GNU", the id. */
    const char *image = (const char *)m->range.start;
    const char *note = memmem(image, LC_PAGE_SIZE, "\4\0\0\0\24\0\0\0\3\0\0\0GNU", 16);
    cr_assert(eq(int, memcmp(m->build_id, note + 16, 20), 0));
}

Test(modules, each_is_noted_once)
{
    lc_modules_init("/some/where");
    struct link_map *map = load();
    uint32_t index = lc_modules_at((uintptr_t)map->l_ld), here = lc_modules_at((uintptr_t)load);
    cr_assert(ne(u32, index, here));
    cr_assert(eq(u32, lc_modules_at((uintptr_t)map->l_addr), index));
    cr_assert(eq(u32, lc_modules_at((uintptr_t)load), here));
    cr_assert(eq(u32, lc_modules_count(), 2));
}

Test(modules, what_is_in_none_is_not_noted)
{
    char local;
    cr_assert(eq(u32, lc_modules_at((uintptr_t)&local), UINT32_MAX));
    cr_assert(eq(u32, lc_modules_at(0), UINT32_MAX));
    cr_assert(eq(u32, lc_modules_count(), 0));
}

Test(modules, the_kernels_object_has_a_name)
{
    unsigned long vdso = getauxval(AT_SYSINFO_EHDR);
    if (!vdso)
        cr_skip("there is no vdso here");
    cr_assert(eq(int, strcmp(at((void *)vdso)->path, "[vdso]"), 0));
}

Test(modules, a_sweep_closes_what_was_unloaded)
{
    lc_modules_init("/some/where");
    struct link_map *map = load();
    const struct lc_loaded_module *m = at(map->l_ld), *here = at((void *)(uintptr_t)at);
    char path[4096];
    strcpy(path, m->path);
    cr_assert(not(lc_modules_sweep())); /* control: nothing was */
    dlclose(map);
    cr_assert(lc_modules_sweep());
    cr_assert(m->is_closed);
    cr_assert(eq(int, strcmp(m->path, path), 0));
    cr_assert(not(here->is_closed));
    cr_assert(not(lc_modules_sweep()));
}

Test(modules, one_that_is_loaded_again_is_another_one)
{
    for (uint32_t i = 0; i < 10; i++) { /* at last with all at its old place, the loader's own record, too */
        struct link_map *map = load();
        cr_assert(eq(u32, lc_modules_at((uintptr_t)map->l_ld), i));
        cr_assert(not(lc_modules_get(i)->is_closed));
        dlclose(map);
        lc_modules_sweep();
    }
}
