/* The memory of a process as JSON: in a report, and on its own. */
#ifndef LC_TOOLS_FORMATS_JSON_MEMORY_H
#define LC_TOOLS_FORMATS_JSON_MEMORY_H

#include "base/out.h"
#include "report/findings.h"

#include <jansson.h>

/* An item of "vm" in leakcheck.schema.json. */
json_t *lc_json_memory(const struct lc_findings *f);

/* {"schema": "leakcheck-map", "version": 1, "vm": [...]}: one item a process. */
void lc_json_map_begin(struct lc_out *out);
void lc_json_map_put(struct lc_out *out, const struct lc_findings *f, bool is_first);
void lc_json_map_end(struct lc_out *out);

#endif
