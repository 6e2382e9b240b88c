/* Pprof's profile.proto, of what was in use at the end. Fields of the profile may come in any order, so each string, function
 * and location is written where it is first needed, and nothing is kept of it but its number. */
#include "formats/ids.h"
#include "formats/profile.h"
#include "formats/protobuf.h"
#include "formats/stack.h"
#include "mem.h"
#include "report/words.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_SIZE 4096

/* Numbers of the fields, by message. */
enum { PROFILE_SAMPLE_TYPE = 1, PROFILE_SAMPLE, PROFILE_MAPPING, PROFILE_LOCATION, PROFILE_FUNCTION, PROFILE_STRING };
enum { PROFILE_TIME = 9, PROFILE_DURATION, PROFILE_PERIOD_TYPE, PROFILE_PERIOD, PROFILE_COMMENT, PROFILE_DEFAULT_SAMPLE_TYPE };
enum { VALUE_TYPE = 1, VALUE_UNIT };
enum { SAMPLE_LOCATION = 1, SAMPLE_VALUE, SAMPLE_LABEL };
enum { LABEL_KEY = 1, LABEL_STRING };
enum { MAPPING_ID = 1, MAPPING_START, MAPPING_LIMIT, MAPPING_OFFSET, MAPPING_FILE, MAPPING_BUILD_ID, MAPPING_HAS };
#define MAPPING_HAS_COUNT 4 /* functions, file names, lines, inlined frames: nothing is to be looked up again */
enum { LOCATION_ID = 1, LOCATION_MAPPING, LOCATION_ADDRESS, LOCATION_LINE };
enum { LINE_FUNCTION = 1, LINE_NUMBER };
enum { FUNCTION_ID = 1, FUNCTION_NAME, FUNCTION_SYSTEM_NAME, FUNCTION_FILE };

struct writer {
    const struct lc_report *r;
    struct lc_message profile, part, line; /* of the profile what is not yet written */
    struct lc_ids strings, functions, locations;
};

static size_t string_of(struct writer *w, const char *text)
{
    bool is_new;
    if (!text || !*text)
        return 0; /* the first of the table */
    size_t id = lc_ids_of_text(&w->strings, text, &is_new);
    if (is_new) {
        char *mended = lc_markup_mended(text);
        lc_message_bytes(&w->profile, PROFILE_STRING, mended, strlen(mended));
        free(mended);
    }
    return id;
}

static size_t function_of(struct writer *w, const struct lc_call *c)
{
    char buf[LC_STACK_NAME_SIZE];
    size_t name = string_of(w, lc_stack_function(c, buf, sizeof buf)), symbol = string_of(w, c->at.symbol);
    size_t file = string_of(w, c->at.source ? c->at.source : c->at.path), key[] = {name, symbol, file};
    bool is_new;
    size_t id = lc_ids_of(&w->functions, key, sizeof key, &is_new);
    if (!is_new)
        return id;
    struct lc_message function = {0};
    lc_message_number(&function, FUNCTION_ID, id);
    lc_message_number(&function, FUNCTION_NAME, name);
    lc_message_number(&function, FUNCTION_SYSTEM_NAME, symbol ? symbol : name);
    lc_message_number(&function, FUNCTION_FILE, file);
    lc_message_add(&w->profile, PROFILE_FUNCTION, &function);
    lc_message_free(&function);
    return id;
}

static size_t mapping_of(const struct writer *w, const struct lc_call *c)
{
    return c->module ? (size_t)(c->module - w->r->findings->modules) + 1 : 0;
}

/* One or several calls: inlined ones are lines of one location, the innermost first. */
static size_t location_of(struct writer *w, const struct lc_call *calls, size_t count)
{
    struct lc_message location = {0};
    bool is_new;
    lc_message_number(&location, LOCATION_MAPPING, mapping_of(w, calls));
    lc_message_number(&location, LOCATION_ADDRESS, calls->pc);
    for (size_t i = 0; i < count; i++) {
        lc_message_number(&w->line, LINE_FUNCTION, function_of(w, &calls[i]));
        lc_message_number(&w->line, LINE_NUMBER, calls[i].at.line);
        lc_message_add(&location, LOCATION_LINE, &w->line);
    }
    size_t id = lc_ids_of(&w->locations, location.at, location.len, &is_new);
    if (is_new) {
        lc_message_number(&location, LOCATION_ID, id);
        lc_message_add(&w->profile, PROFILE_LOCATION, &location);
    }
    lc_message_free(&location);
    return id;
}

static void put_sample(struct writer *w, const struct lc_leak *l)
{
    struct lc_stack s = lc_stack_of(w->r, &l->site);
    uint64_t *locations = lc_mem_alloc(s.count, sizeof *locations), values[] = {l->blocks, l->bytes};
    size_t count = 0;
    for (size_t i = 0, run; i < s.count; i += run) {
        run = lc_stack_inlined(&s, i);
        locations[count++] = location_of(w, &s.at[i], run);
    }
    lc_message_numbers(&w->part, SAMPLE_LOCATION, locations, count);
    lc_message_numbers(&w->part, SAMPLE_VALUE, values, LC_ARRAY_LEN(values));
    lc_message_number(&w->line, LABEL_KEY, string_of(w, "leak_kind"));
    lc_message_number(&w->line, LABEL_STRING, string_of(w, lc_words_leak.word[l->kind]));
    lc_message_add(&w->part, SAMPLE_LABEL, &w->line);
    lc_message_add(&w->profile, PROFILE_SAMPLE, &w->part);
    free(locations);
    lc_message_put(w->r->out, &w->profile);
}

static void put_type(struct writer *w, unsigned field, const char *type, const char *unit)
{
    lc_message_number(&w->part, VALUE_TYPE, string_of(w, type));
    lc_message_number(&w->part, VALUE_UNIT, string_of(w, unit));
    lc_message_add(&w->profile, field, &w->part);
}

static void put_mappings(struct writer *w)
{
    const struct lc_findings *f = w->r->findings;
    for (size_t i = 0; i < f->module_count; i++) {
        const struct lc_module *m = &f->modules[i];
        lc_message_number(&w->part, MAPPING_ID, i + 1);
        lc_message_number(&w->part, MAPPING_START, m->range.start);
        lc_message_number(&w->part, MAPPING_LIMIT, m->range.end);
        lc_message_number(&w->part, MAPPING_FILE, string_of(w, m->path));
        lc_message_number(&w->part, MAPPING_BUILD_ID, string_of(w, m->build_id));
        for (unsigned has = 0; has < MAPPING_HAS_COUNT; has++)
            lc_message_number(&w->part, MAPPING_HAS + has, 1);
        lc_message_add(&w->profile, PROFILE_MAPPING, &w->part);
    }
}

static void put_header(struct writer *w)
{
    char command[COMMAND_SIZE];
    const struct lc_process *p = &w->r->findings->process;
    lc_message_bytes(&w->profile, PROFILE_STRING, "", 0);
    put_type(w, PROFILE_SAMPLE_TYPE, "inuse_objects", "count");
    put_type(w, PROFILE_SAMPLE_TYPE, "inuse_space", "bytes");
    put_type(w, PROFILE_PERIOD_TYPE, "space", "bytes");
    lc_message_number(&w->profile, PROFILE_PERIOD, 1);
    lc_message_number(&w->profile, PROFILE_DEFAULT_SAMPLE_TYPE, string_of(w, "inuse_space"));
    lc_message_number(&w->profile, PROFILE_TIME, p->start_unix_ms * 1000000);
    lc_message_number(&w->profile, PROFILE_DURATION, p->duration_ms * 1000000);
    lc_message_number(&w->profile, PROFILE_COMMENT, string_of(w, lc_profile_command(w->r, command, sizeof command)));
}

static bool print(const struct lc_report *r)
{
    struct writer w = {.r = r};
    size_t index = 0;
    put_header(&w);
    put_mappings(&w);
    for (const struct lc_leak *l; (l = lc_profile_next(r, LC_KINDS_ALL, &index));)
        put_sample(&w, l);
    lc_message_put(r->out, &w.profile);
    lc_message_free(&w.profile);
    lc_message_free(&w.part);
    lc_message_free(&w.line);
    lc_ids_free(&w.strings);
    lc_ids_free(&w.functions);
    lc_ids_free(&w.locations);
    return true;
}

const struct lc_formatter lc_formatter_pprof = {.print = print, .is_compressed = true};
