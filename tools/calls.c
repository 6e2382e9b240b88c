#include "calls.h"

#include "mem.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

#define INLINED_MAX 64 /* functions of one frame */

static void add(struct lc_calls *c, struct lc_call call)
{
    c->at = lc_mem_grow(c->at, c->count, sizeof *c->at);
    c->at[c->count++] = call;
}

/* False after main. */
static bool add_frame(struct lc_calls *c, const struct lc_findings *f, uint32_t index, struct lc_namer *namer)
{
    const struct lc_frame *frame = &f->frames[index];
    struct lc_location at[INLINED_MAX];
    unsigned count = namer->locate(namer, f, index, at, INLINED_MAX);
    bool is_end = lc_text_is_end(&at[count - 1].function);
    for (unsigned i = 0; i < count; i++)
        add(c, (struct lc_call){.at = at[i],
                                .module = frame->module == LC_NONE ? NULL : &f->modules[frame->module],
                                .pc = lc_frame_pc(frame)});
    c->is_cut = frame->is_cut;
    return !is_end;
}

void lc_calls_fill(struct lc_calls *c, const struct lc_findings *f, const struct lc_site *site, struct lc_namer *namer,
                   bool has_all)
{
    c->count = 0;
    c->is_cut = site->stack == LC_NONE;
    if (*site->function)
        add(c, (struct lc_call){.at = {.function = site->function},
                            .module = lc_text_module_at(f, site->address),
                            .pc = site->address,
                            .is_door = true});
    for (uint32_t i = site->stack; i != LC_NONE; i = f->frames[i].outer)
        if (!add_frame(c, f, i, namer) && !has_all)
            return;
}

void lc_calls_free(struct lc_calls *c)
{
    free(c->at);
    *c = (struct lc_calls){0};
}

const char *lc_call_module_name(const struct lc_call *call)
{
    if (!call->module)
        return "";
    const char *slash = strrchr(call->module->path, '/');
    return slash ? slash + 1 : call->module->path;
}

static bool begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool is_runtime_module(const char *name)
{
    static const char *const prefixes[] = {"libc.so", "libc-2.", "libstdc++.so", "libc++.so", "libc++abi.so", "libgcc_s.so",
                                           "ld-linux", "ld-2.", "libpthread.so", "libdl.so", "libm.so", "libleakcheck.so",
                                           "[vdso]"};
    for (size_t i = 0; i < LC_ARRAY_LEN(prefixes); i++)
        if (begins(name, prefixes[i]))
            return true;
    return false;
}

/* Sources of the standard libraries, which are compiled into everybody's modules. */
static bool is_runtime_source(const char *path)
{
    return strstr(path, "/include/c++/") || begins(path, "/rustc/");
}

/* Namespaces of the same, and what many projects call malloc by. */
static bool is_runtime_function(const char *name)
{
    static const char *const prefixes[] = {"std::",         "__gnu_cxx::",   "void std::",     "operator new",
                                           "alloc::",       "core::",        "__rust_",        "__rdl_",
                                           "__cxa_",        "__cxx_global_"};
    static const char *const names[] = {"xmalloc",    "xcalloc",     "xzalloc",      "xrealloc",   "xreallocarray", "xmemdup",
                                        "xstrdup",    "xstrndup",    "xnmalloc",     "xnrealloc",  "xcharalloc",    "g_malloc",
                                        "g_malloc0",  "g_malloc_n",  "g_malloc0_n",  "g_realloc",  "g_realloc_n",   "g_try_malloc",
                                        "g_strdup",   "g_strndup",   "g_slice_alloc", "g_slice_alloc0"};
    for (size_t i = 0; i < LC_ARRAY_LEN(prefixes); i++)
        if (begins(name, prefixes[i]))
            return true;
    for (size_t i = 0; i < LC_ARRAY_LEN(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

bool lc_call_is_runtime(const struct lc_call *call)
{
    return call->is_door || is_runtime_module(lc_call_module_name(call)) ||
           (call->at.source && is_runtime_source(call->at.source)) || (call->at.function && is_runtime_function(call->at.function));
}

size_t lc_calls_owner(const struct lc_calls *c, bool *is_own)
{
    *is_own = true;
    for (size_t i = 1; i < c->count; i++)
        if (c->at[i].at.is_own)
            return i;
    *is_own = false;
    for (size_t i = 1; i < c->count; i++)
        if (!lc_call_is_runtime(&c->at[i]))
            return i;
    return c->count > 1;
}
