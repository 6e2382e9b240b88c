/* The text of /proc/PID/maps or /proc/PID/smaps (proc(5)), in pieces of any size, as regions. Pure: text that
 * no kernel wrote is harmless. */
#ifndef LC_VM_MAPS_H
#define LC_VM_MAPS_H

#include "vm/lines.h"
#include "vm/region.h"

/* One region, in the order of the text. Its name lives until the callee returns; its kind is left to
 * vm/kinds.h. */
typedef void lc_maps_fn(void *arg, const struct lc_vm_region *region);

/* The longest path that the kernel can look up is 4095 bytes; a deeper directory's is longer. */
#define LC_MAPS_LINE_MAX 8192
/* The end of a name that was longer than that. */
#define LC_MAPS_CUT "..."

struct lc_maps {
    lc_maps_fn *each;
    void *arg;
    uint64_t malformed;         /* lines that are neither a region nor a figure of one */
    bool has_region;            /* `region` waits for its next figure */
    struct lc_vm_region region;
    struct lc_lines lines;
    char line[LC_MAPS_LINE_MAX];
    char name[LC_MAPS_LINE_MAX];
};

/* `m` points into itself: it stays where it is until it is done with. */
void lc_maps_init(struct lc_maps *m, lc_maps_fn *each, void *arg);
void lc_maps_feed(struct lc_maps *m, const char *text, size_t len);
/* The text has ended: gives the last region. */
void lc_maps_finish(struct lc_maps *m);

#endif
