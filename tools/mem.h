/* Memory of the tool: what cannot be had ends it, with one line on stderr and exit status 2. */
#ifndef LC_TOOLS_MEM_H
#define LC_TOOLS_MEM_H

#include <stddef.h>

/* Zeroed. */
void *lc_mem_alloc(size_t count, size_t size);
char *lc_mem_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* As realloc. */
void *lc_mem_resize(void *p, size_t size);

/* An array of `*count` items with room for one more at its end: the array, perhaps moved. The caller counts
 * the item. It starts as NULL with a count of 0, and no one else may have resized it. */
void *lc_mem_grow(void *array, size_t count, size_t size);

#endif
