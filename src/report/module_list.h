/* The modules that stacks name (record/modules.h), as findings have them. */
#ifndef LC_REPORT_MODULE_LIST_H
#define LC_REPORT_MODULE_LIST_H

#include "report/findings.h"

/* All of them as they are now; NULL without memory, which is our own. */
struct lc_module *lc_module_list_make(size_t *count);
void lc_module_list_release(struct lc_module *list, size_t count);

#endif
