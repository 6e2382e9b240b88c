#include "formats/json_crash.h"

#include "formats/json_text.h"
#include "report/words.h"

#include <string.h>

static json_t *number_if(bool is_there, uint64_t value)
{
    return is_there ? lc_json_number(value) : json_null();
}

static json_t *json_place(const struct lc_json_stacks *s, const struct lc_place *p)
{
    json_t *place = json_object();
    bool is_register = strcmp(p->of, "address") != 0;
    json_object_set_new(place, "register", lc_json_text(is_register ? p->of : NULL));
    json_object_set_new(place, "value", lc_json_address(p->value));
    json_object_set_new(place, "kind", lc_json_text(lc_words_place.word[p->kind]));
    json_object_set_new(place, "offset", number_if(p->offset != LC_PLACE_UNKNOWN, p->offset));
    json_object_set_new(place, "size", number_if(p->size != LC_PLACE_UNKNOWN, p->size));
    json_object_set_new(place, "name", lc_json_text(*p->name ? p->name : NULL));
    json_object_set_new(place, "permissions", lc_json_text(*p->permissions ? p->permissions : NULL));
    if (p->kind == LC_PLACE_UNMAPPED) {
        json_object_set_new(place, "gap_below", number_if(*p->name, p->gap_below));
        json_object_set_new(place, "above", lc_json_text(*p->above ? p->above : NULL));
        json_object_set_new(place, "gap_above", number_if(*p->above, p->gap_above));
    }
    if (*p->site.function || p->site.stack != LC_NONE)
        s->set(s, place, &p->site);
    return place;
}

json_t *lc_json_crash(const struct lc_json_stacks *s, const struct lc_crash *c)
{
    const struct lc_site stack = {"", 0, c->stack};
    json_t *crash = json_object(), *places = json_array();
    bool is_sent = c->code <= 0;
    if (!c->is_known) {
        json_decref(places);
        json_decref(crash);
        return json_null();
    }
    json_object_set_new(crash, "signal", json_integer(c->signal));
    json_object_set_new(crash, "code", number_if(!is_sent, (uint64_t)c->code));
    json_object_set_new(crash, "sender", is_sent ? json_integer(c->sender) : json_null());
    json_object_set_new(crash, "user", is_sent ? json_integer(c->user) : json_null());
    json_object_set_new(crash, "tid", json_integer(c->tid));
    json_object_set_new(crash, "thread", lc_json_text(c->thread));
    json_object_set_new(crash, "pc", lc_json_address(c->pc));
    json_object_set_new(crash, "address", c->has_address ? lc_json_address(c->address) : json_null());
    json_object_set_new(crash, "access", lc_json_text(c->has_address ? lc_words_access.word[c->access] : NULL));
    for (size_t i = 0; i < c->place_count; i++)
        json_array_append_new(places, json_place(s, &c->places[i]));
    json_object_set_new(crash, "places", places);
    s->set(s, crash, &stack);
    return crash;
}
