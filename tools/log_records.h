/* The records of a log, one line after the other, into findings. */
#ifndef LC_TOOLS_LOG_RECORDS_H
#define LC_TOOLS_LOG_RECORDS_H

#include "log_line.h"
#include "report/findings.h"

struct lc_log_reader {
    struct lc_findings *f; /* what has been read so far: always sound */
    size_t line_number;    /* of the line read last, from 1 */
    struct lc_log_line line;
    uint16_t *depth; /* of the stack that begins with each frame */
    bool has_heap, has_end, is_damaged;
};

/* Reads the next line; `text` stays in use. Afterwards r->line.wrong is what was wrong with it, or "". */
void lc_log_record_read(struct lc_log_reader *r, char *text);

/* After the last line: false when the log is truncated. */
bool lc_log_records_finish(struct lc_log_reader *r);

#endif
