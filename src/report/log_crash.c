#include "report/log_crash.h"

#include "report/log_fields.h"
#include "report/words.h"

static void write_place(struct lc_out *out, const struct lc_place *p)
{
    lc_out_str(out, "place");
    lc_log_put_string(out, "of", p->of);
    lc_out_fmt(out, " kind=%s", lc_words_place.word[p->kind]);
    lc_log_put_address(out, "value", p->value);
    lc_log_put_number(out, "offset", p->offset);
    lc_log_put_number(out, "size", p->size);
    lc_log_put_string(out, "name", p->name);
    if (p->kind == LC_PLACE_UNMAPPED) {
        lc_log_put_number(out, "gap-below", p->gap_below);
        lc_log_put_string(out, "above", p->above);
        lc_log_put_number(out, "gap-above", p->gap_above);
    }
    if (*p->permissions)
        lc_log_put_string(out, "perm", p->permissions);
    lc_log_put_site(out, &p->site);
    lc_out_char(out, '\n');
}

void lc_log_write_crash(struct lc_out *out, const struct lc_crash *c)
{
    if (!c->is_known)
        return;
    lc_out_str(out, "crash");
    lc_log_put_number(out, "signal", (uint64_t)c->signal);
    lc_log_put_number(out, "code", c->code > 0 ? (uint64_t)c->code : 0);
    lc_log_put_number(out, "tid", (uint64_t)c->tid);
    lc_log_put_string(out, "thread", c->thread);
    lc_log_put_address(out, "pc", c->pc);
    if (c->code <= 0) {
        lc_log_put_number(out, "sender", (uint64_t)c->sender);
        lc_log_put_number(out, "user", c->user);
    }
    if (c->has_address) {
        lc_log_put_address(out, "address", c->address);
        lc_out_fmt(out, " access=%s", lc_words_access.word[c->access]);
    }
    lc_log_put_id(out, "stack", c->stack);
    lc_out_char(out, '\n');
    for (size_t i = 0; i < c->place_count; i++)
        write_place(out, &c->places[i]);
}
