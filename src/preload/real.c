#include "preload/real.h"

#include "preload/own_symbol.h"

#include <dlfcn.h>
#include <errno.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <string.h>

struct lc_real lc_real;

static const char *const symbols[LC_FN_COUNT] = {
#define LC_FUNCTION(id, symbol, name, family) [LC_FN_##id] = #symbol,
#include "record/functions.def"
};

static lc_real_operator *operators[LC_FN_COUNT];

/* The loader's answer for what most programs don't have; dlerror() must not be left with it: the program must not find
 * what we did not find. */
static void *find(void *where, const char *name)
{
    return lc_own_symbol_elsewhere(name) ? dlsym(where, name) : NULL;
}

/* All or none: who brings operator new brings them all. */
static void resolve_operators(void)
{
    if (!find(RTLD_NEXT, symbols[LC_FN_NEW]))
        return;
    for (unsigned f = 0; f < LC_FN_COUNT; f++)
        if (lc_function_family(f) == LC_FAMILY_NEW || lc_function_family(f) == LC_FAMILY_NEW_ARRAY)
            operators[f] = (lc_real_operator *)dlsym(RTLD_NEXT, symbols[f]);
}

#define RESOLVE(name) real.name = (__typeof__(real.name))dlsym(RTLD_NEXT, #name)

int lc_real_resolve(void)
{
    struct lc_real real;
    RESOLVE(malloc);
    RESOLVE(calloc);
    RESOLVE(realloc);
    RESOLVE(reallocarray);
    RESOLVE(free);
    RESOLVE(posix_memalign);
    RESOLVE(aligned_alloc);
    RESOLVE(memalign);
    RESOLVE(valloc);
    RESOLVE(pvalloc);
    RESOLVE(malloc_usable_size);
    RESOLVE(sbrk);
    RESOLVE(brk);
    RESOLVE(quick_exit);
    RESOLVE(fork);
    RESOLVE(sigaction);
    RESOLVE(sigaltstack);
    RESOLVE(execvpe);
    RESOLVE(wait4);
    RESOLVE(waitid);
    RESOLVE(dlclose);
    real.lsan_disable = (void (*)(void))find(RTLD_NEXT, "__lsan_disable");
    real.lsan_enable = (void (*)(void))find(RTLD_NEXT, "__lsan_enable");
    real.lsan_ignore_object = (void (*)(const void *))find(RTLD_NEXT, "__lsan_ignore_object");
    real.lsan_register_root_region = (void (*)(const void *, size_t))find(RTLD_NEXT, "__lsan_register_root_region");
    real.lsan_unregister_root_region = (void (*)(const void *, size_t))find(RTLD_NEXT, "__lsan_unregister_root_region");
    real.lsan_is_turned_off = (int (*)(void))find(RTLD_DEFAULT, "__lsan_is_turned_off");
    real.cxx_freeres = (void (*)(void))find(RTLD_NEXT, "_ZN9__gnu_cxx9__freeresEv");
    resolve_operators();
    dlerror(); /* the program must not find what we did not find */
    if (!real.malloc || !real.calloc || !real.realloc || !real.free)
        return -ENOSYS;
    lc_real = real; /* at once: the doors look at malloc only */
    return 0;
}

static const struct link_map *module_of(const void *address)
{
    struct dl_find_object found;
    void *p;
    memcpy(&p, &address, sizeof p);
    return _dl_find_object(p, &found) == 0 ? found.dlfo_link_map : NULL;
}

lc_real_operator *lc_real_cxx(enum lc_function f, uintptr_t caller)
{
    struct dl_find_object found;
    if (LC_LIKELY(operators[f] != NULL))
        return operators[f];
    if (_dl_find_object((void *)caller, &found) != 0)
        return NULL;
    return (lc_real_operator *)lc_own_symbol(found.dlfo_link_map, symbols[f]).start;
}

lc_real_operator *lc_real_cxx_loaded(enum lc_function f, uintptr_t caller)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)caller, &found) != 0)
        return NULL;
    void *handle = dlopen(found.dlfo_link_map->l_name, RTLD_NOLOAD | RTLD_LAZY);
    void *p = handle ? dlsym(handle, symbols[f]) : NULL;
    if (handle)
        lc_real.dlclose(handle);
    return p && module_of(p) != module_of(&lc_real) ? (lc_real_operator *)p : NULL;
}

struct lc_range lc_real_stdio_allocator(void)
{
    return lc_own_symbol(module_of((const void *)gnu_get_libc_version), "_IO_file_doallocate");
}

struct lc_range lc_real_module(uintptr_t address)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)address, &found) != 0)
        return (struct lc_range){0};
    return (struct lc_range){(uintptr_t)found.dlfo_map_start, (uintptr_t)found.dlfo_map_end};
}

struct lc_range lc_real_libc(void)
{
    return lc_real_module((uintptr_t)gnu_get_libc_version);
}

/* One of the few functions that are the loader's own, and not libc's. */
extern void __tls_get_addr(void);

struct lc_range lc_real_loader(void)
{
    return lc_real_module((uintptr_t)__tls_get_addr);
}

bool lc_real_is_glibc(void)
{
    return module_of((const void *)lc_real.malloc) == module_of((const void *)gnu_get_libc_version);
}

/* An executable that is not position-independent has an undefined symbol with the address of its own PLT entry
 * (canonical PLT): that leads to us, and is no definition. */
const char *lc_real_bypassed_by(void)
{
    const struct link_map *module = module_of(dlsym(RTLD_DEFAULT, "malloc"));
    if (!module || module == module_of(&lc_real) || !lc_own_symbol(module, "malloc").start)
        return NULL;
    return module->l_name;
}
