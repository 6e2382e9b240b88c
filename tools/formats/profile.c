#include "formats/profile.h"

const struct lc_leak *lc_profile_next(const struct lc_report *r, unsigned kinds, size_t *index)
{
    const struct lc_findings *f = r->findings;
    while (*index < f->leak_count) {
        const struct lc_leak *l = &f->leaks[(*index)++];
        if (lc_leak_kind_bits(l->kind) & kinds)
            return l;
    }
    return NULL;
}

unsigned lc_profile_kinds(const struct lc_report *r)
{
    unsigned kinds = LC_KINDS_ALL & ~r->style->hidden_kinds;
    return kinds & LC_KIND_DEFINITE ? kinds | LC_KIND_INDIRECT : kinds;
}

const char *lc_profile_command(const struct lc_report *r, char *buf, size_t size)
{
    struct lc_out out;
    lc_out_init(&out, -1, buf, size - 1);
    lc_text_command(&out, &r->findings->process);
    buf[out.len] = '\0';
    return buf + (*buf == ' ');
}
