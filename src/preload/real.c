#include "preload/real.h"

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
    RESOLVE(dlclose);
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

/* A runtime that dlopen brought is not among RTLD_NEXT's, but among the libraries of who calls. Its owner is
 * kept loaded from now on, because we keep its address. */
static lc_real_operator *find_by_caller(const char *symbol, uintptr_t caller)
{
    struct dl_find_object found;
    if (_dl_find_object((void *)caller, &found) != 0)
        return NULL;
    void *handle = dlopen(found.dlfo_link_map->l_name, RTLD_NOLOAD | RTLD_LAZY);
    if (!handle)
        return NULL;
    void *p = dlsym(handle, symbol);
    const struct link_map *owner = p ? module_of(p) : NULL;
    if (owner == module_of(&lc_real))
        owner = NULL;
    if (owner)
        dlopen(owner->l_name, RTLD_NOLOAD | RTLD_LAZY | RTLD_NODELETE);
    lc_real.dlclose(handle);
    return owner ? (lc_real_operator *)p : NULL;
}

static lc_real_operator *find_operator(enum lc_function f, uintptr_t caller)
{
    int saved = errno;
    lc_real_operator *found = (lc_real_operator *)dlsym(RTLD_NEXT, symbols[f]);
    if (!found)
        found = find_by_caller(symbols[f], caller);
    __atomic_store_n(&operators[f], found, __ATOMIC_RELEASE);
    errno = saved;
    return found;
}

lc_real_operator *lc_real_cxx(enum lc_function f, uintptr_t caller)
{
    lc_real_operator *known = __atomic_load_n(&operators[f], __ATOMIC_ACQUIRE);
    return LC_LIKELY(known != NULL) ? known : find_operator(f, caller);
}

bool lc_real_is_glibc(void)
{
    return module_of((const void *)lc_real.malloc) == module_of((const void *)gnu_get_libc_version);
}

/* An executable that is not position-independent has an undefined symbol with the address of its own PLT entry
 * (canonical PLT): that leads to us, and is no definition. */
const char *lc_real_bypassed_by(void)
{
    void *p = dlsym(RTLD_DEFAULT, "malloc");
    ElfW(Sym) *symbol = NULL;
    Dl_info info;
    if (!p || !dladdr1(p, &info, (void **)&symbol, RTLD_DL_SYMENT))
        return NULL;
    if (!symbol || symbol->st_shndx == SHN_UNDEF || module_of(p) == module_of(&lc_real))
        return NULL;
    return info.dli_fname;
}
