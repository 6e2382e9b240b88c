/* Any bytes as a log: the reader must stand them, and what it makes of them must be sound enough for the
 * report, the merge and the log writer. */
#include "log_read.h"
#include "merge.h"
#include "report/log_write.h"
#include "report/mtrace.h"
#include "report/text.h"

#include <stdlib.h>
#include <string.h>

static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame,
                       struct lc_location *out, unsigned max)
{
    (void)namer, (void)max;
    LC_ASSERT(frame < f->frame_count);
    LC_ASSERT(f->frames[frame].module == LC_NONE || f->frames[frame].module < f->module_count);
    *out = (struct lc_location){0};
    return 1;
}

/* Nothing of a log may reach a terminal as it is. */
static void check_harmless(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        LC_ASSERT(text[i] == '\n' || ((unsigned char)text[i] >= ' ' && text[i] != 0x7f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[1 << 18];
    struct lc_namer namer = {.locate = locate};
    struct lc_logs logs = {0};
    char *copy = malloc(size + 1);
    memcpy(copy, data, size);
    lc_logs_parse(&logs, "fuzz", copy, size);

    struct lc_out out;
    lc_out_init(&out, -1, text, sizeof text);
    const struct lc_text_style style = {.verbose = true, .memory_map = LC_MAP_FULL};
    struct lc_merge *merged = lc_merge_open(logs.at, logs.count);
    lc_text_body(&out, "==all== ", lc_merge_findings(merged), &namer, &style);
    lc_merge_close(merged);
    for (size_t i = 0; i < logs.count; i++) {
        lc_text_report(&out, &logs.at[i].findings, &namer, &style);
        lc_mtrace_report(&out, &logs.at[i].findings, &namer);
    }
    check_harmless(text, out.len);

    for (size_t i = 0; i < logs.count; i++) {
        lc_out_init(&out, -1, text, sizeof text);
        LC_ASSERT(lc_log_write(&out, &logs.at[i].findings) == 0);
    }
    lc_logs_free(&logs);
    return 0;
}
