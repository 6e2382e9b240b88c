#include "report/module_list.h"

#include "base/arena.h"
#include "base/out.h"
#include "record/modules.h"

#define ID_TEXT (2 * LC_BUILD_ID_MAX + 1)

/* The texts of the build-ids lie behind the modules. */
static size_t size_of(size_t count)
{
    return count * (sizeof(struct lc_module) + ID_TEXT) + 1;
}

static void put_hex(char *text, const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        lc_format(text + 2 * i, 3, "%02x", bytes[i]);
    text[2 * len] = '\0';
}

struct lc_module *lc_module_list_make(size_t *count)
{
    *count = lc_modules_count();
    struct lc_module *list = lc_pages_map(size_of(*count), "report");
    if (!list) {
        *count = 0;
        return NULL;
    }
    char *ids = (char *)(list + *count);
    for (uint32_t i = 0; i < *count; i++, ids += ID_TEXT) {
        const struct lc_loaded_module *m = lc_modules_get(i);
        put_hex(ids, m->build_id, m->build_id_len);
        list[i] = (struct lc_module){m->range, m->bias, m->is_closed, m->path, ids};
    }
    return list;
}

void lc_module_list_release(struct lc_module *list, size_t count)
{
    if (list)
        lc_pages_unmap(list, size_of(count));
}
