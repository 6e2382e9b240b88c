/* Functions that the program defines for LeakSanitizer, which asks for them by name: sanitizer/lsan_interface.h. */
#ifndef LC_PRELOAD_HOOKS_H
#define LC_PRELOAD_HOOKS_H

#include "base/options.h"

/* Looks for them, once, at the start. */
void lc_hooks_find(void);

/* Sets what the program's __lsan_default_options say, as far as there is such an option here. */
void lc_hooks_set_options(struct lc_options *o);

/* What its __lsan_default_suppressions say, or NULL. */
const char *lc_hooks_suppressions(void);

#endif
