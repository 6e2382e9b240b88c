/* Fields of a line of the log (include/leakcheck/log.h), each with the blank before it. */
#ifndef LC_REPORT_LOG_FIELDS_H
#define LC_REPORT_LOG_FIELDS_H

#include "base/out.h"
#include "report/escape.h"
#include "report/findings.h"

static inline void lc_log_put_string(struct lc_out *out, const char *key, const char *value)
{
    lc_out_fmt(out, " %s=", key);
    lc_escape_log(out, value);
}

static inline void lc_log_put_number(struct lc_out *out, const char *key, uint64_t value)
{
    lc_out_fmt(out, " %s=%lu", key, (unsigned long)value);
}

static inline void lc_log_put_address(struct lc_out *out, const char *key, uintptr_t value)
{
    lc_out_fmt(out, " %s=0x%lx", key, (unsigned long)value);
}

static inline void lc_log_put_id(struct lc_out *out, const char *key, uint32_t id)
{
    if (id == LC_NONE)
        lc_out_fmt(out, " %s=-", key);
    else
        lc_log_put_number(out, key, id);
}

static inline void lc_log_put_site(struct lc_out *out, const struct lc_site *s)
{
    lc_log_put_string(out, "function", s->function);
    lc_log_put_address(out, "at", s->address);
    lc_log_put_id(out, "stack", s->stack);
}

#endif
