/* Pools of libc and of the loader that live as long as the process, and that no program can free: what libc frees by
 * itself when asked (freeres) is not here. Only lost and possibly lost blocks: that they are still reachable is what
 * is expected of them. */
#include "report/suppressions.h"

static const char text[] =
    /* Thread-local storage of modules: only the thread's descriptor, of an area of its own, leads there. */
    "{\n dynamic TLS of a thread\n Memcheck:Leak\n match-leak-kinds: definite,possible\n ...\n fun:*tls_get_addr*\n}\n"
    "{\n static TLS of a thread\n Memcheck:Leak\n match-leak-kinds: possible\n fun:calloc\n ...\n fun:_dl_allocate_tls\n}\n"
    /* Modules of libc that it loads for itself once, and keeps. */
    "{\n name service modules\n Memcheck:Leak\n match-leak-kinds: definite,possible\n ...\n fun:__nss_module_allocate\n}\n"
    "{\n character set converters\n Memcheck:Leak\n match-leak-kinds: definite,possible\n ...\n fun:__gconv_read_conf\n}\n"
    /* Rings that are linked by mangled pointers. */
    "{\n handlers of exit\n Memcheck:Leak\n match-leak-kinds: definite,possible\n fun:calloc\n fun:__new_exitfn\n}\n"
    /* The time zone's file, replaced when TZ changes. */
    "{\n time zone\n Memcheck:Leak\n match-leak-kinds: definite,possible\n ...\n fun:tzset_internal\n}\n";

void lc_suppressions_add_default(struct lc_suppressions *s)
{
    lc_suppressions_add(s, "built-in", text);
}
