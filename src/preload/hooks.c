#include "preload/hooks.h"

#include "base/out.h"
#include "preload/own_symbol.h"
#include "report/elf_symbols.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

typedef const char *text_hook(void);

static const char *const hook_names[] = {"__lsan_default_options", "__lsan_default_suppressions"};
static text_hook *hooks[LC_ARRAY_LEN(hook_names)];
enum { OPTIONS, SUPPRESSIONS };

/* Exported by any module, or in the symbol table of the executable: it need not be linked with -rdynamic. The
 * executable comes first in the loader's list. */
void lc_hooks_find(void)
{
    uint64_t addresses[LC_ARRAY_LEN(hook_names)];
    lc_elf_symbols_addresses("/proc/self/exe", "__lsan_default_", hook_names, addresses, LC_ARRAY_LEN(hook_names));
    for (size_t i = 0; i < LC_ARRAY_LEN(hook_names); i++) {
        if (lc_own_symbol_elsewhere(hook_names[i]))
            hooks[i] = (text_hook *)dlsym(RTLD_DEFAULT, hook_names[i]);
        if (!hooks[i] && addresses[i])
            hooks[i] = (text_hook *)(_r_debug.r_map->l_addr + addresses[i]);
    }
    dlerror(); /* the program must not find what we did not find */
}

/* LeakSanitizer's names. */
static const struct {
    const char *theirs, *ours;
} names[] = {
    {"exitcode", "error-exitcode"},
    {"malloc_context_size", "num-callers"},
    {"report_objects", "show-blocks"},
    {"verbosity", "verbose"},
    {"use_globals", "use-globals"},
    {"use_stacks", "use-stacks"},
    {"use_registers", "use-registers"},
    {"use_tls", "use-tls"},
    {"use_root_regions", "use-root-regions"},
};

/* Numbers stand for yes and no there. */
static void set(struct lc_options *o, const char *key, size_t key_len, const char *value, size_t len)
{
    char text[LC_OPTION_STRING_MAX], why[256];
    bool is_off = len == 1 && *value == '0';
    if (key_len == strlen("detect_leaks") && strncmp(key, "detect_leaks", key_len) == 0 && is_off)
        lc_options_set(o, "leak-check=no", strlen("leak-check=no"), why, sizeof why);
    for (size_t i = 0; i < LC_ARRAY_LEN(names); i++) {
        if (strlen(names[i].theirs) != key_len || strncmp(names[i].theirs, key, key_len) != 0)
            continue;
        size_t n = lc_format(text, sizeof text, "%s=%.*s", names[i].ours, (int)len, value);
        if (lc_options_set(o, text, n, why, sizeof why) == 0)
            return;
        n = lc_format(text, sizeof text, "%s=%s", names[i].ours, is_off ? "no" : "yes");
        lc_options_set(o, text, n, why, sizeof why);
        return;
    }
}

void lc_hooks_set_options(struct lc_options *o)
{
    static const char separators[] = " ,:\n\t\r";
    const char *text = hooks[OPTIONS] ? hooks[OPTIONS]() : NULL;
    for (size_t len; text && *text; text += len) {
        text += strspn(text, separators);
        len = strcspn(text, separators);
        const char *equals = memchr(text, '=', len);
        if (equals)
            set(o, text, (size_t)(equals - text), equals + 1, len - (size_t)(equals - text) - 1);
    }
}

const char *lc_hooks_suppressions(void)
{
    return hooks[SUPPRESSIONS] ? hooks[SUPPRESSIONS]() : NULL;
}
