#include "log_crash.h"

#include "log_parts.h"

#include <string.h>

static void read_crash(struct lc_log_reader *r)
{
    struct lc_crash crash = {.is_known = true,
                             .signal = (int)NUMBER(r, "signal"),
                             .code = (int)NUMBER(r, "code"),
                             .tid = (pid_t)NUMBER(r, "tid"),
                             .pc = NUMBER(r, "pc"),
                             .sender = (pid_t)OPTIONAL(r, "sender"),
                             .user = (unsigned)OPTIONAL(r, "user"),
                             .has_address = lc_log_line_has(&r->line, "address"),
                             .stack = lc_log_line_id(&r->line, "stack", r->f->frame_count)};
    strncpy(crash.thread, STRING(r, "thread"), sizeof crash.thread - 1);
    if (crash.has_address) {
        crash.address = NUMBER(r, "address");
        crash.access = (enum lc_access)lc_log_word(r, "access", &lc_words_access);
    }
    if (lc_log_is_wrong(r))
        return;
    r->f->crash = crash;
    r->f->crash_count = lc_crash_is_error(&crash);
}

static void read_place(struct lc_log_reader *r)
{
    struct lc_place place = {.of = STRING(r, "of"),
                             .value = NUMBER(r, "value"),
                             .kind = (enum lc_place_kind)lc_log_word(r, "kind", &lc_words_place),
                             .offset = NUMBER(r, "offset"),
                             .size = NUMBER(r, "size"),
                             .name = STRING(r, "name"),
                             .above = lc_log_line_has(&r->line, "above") ? STRING(r, "above") : "",
                             .gap_below = OPTIONAL(r, "gap-below"),
                             .gap_above = OPTIONAL(r, "gap-above"),
                             .site = lc_log_site(r)};
    if (lc_log_line_has(&r->line, "perm"))
        strncpy(place.permissions, STRING(r, "perm"), sizeof place.permissions - 1);
    if (!lc_log_is_wrong(r) && r->f->crash.is_known && r->f->crash.place_count < LC_PLACES_MAX)
        r->f->crash.places[r->f->crash.place_count++] = place;
}

static const struct lc_log_record records[] = {{"crash", read_crash}, {"place", read_place}};

bool lc_log_crash_read(struct lc_log_reader *r)
{
    return lc_log_read_as(r, records, LC_ARRAY_LEN(records));
}
