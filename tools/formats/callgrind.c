/* Callgrind's format, with the events of valgrind's --xtree-leak=yes, for callgrind_annotate and KCachegrind: one chain of
 * calls a leak, each caller with what was allocated below it. */
#include "formats/ids.h"
#include "formats/profile.h"
#include "formats/stack.h"

#include <string.h>

#define COMMAND_SIZE 4096

enum event { RB, PB, IB, DB, DIB, RBK, PBK, IBK, DBK, EVENT_COUNT };

static const char *const events[EVENT_COUNT][2] = {
    [RB] = {"RB", "Reachable Bytes"},
    [PB] = {"PB", "Possibly lost Bytes"},
    [IB] = {"IB", "Indirectly lost Bytes"},
    [DB] = {"DB", "Definitely lost Bytes (direct plus indirect)"},
    [DIB] = {"DIB", "Definitely Indirectly lost Bytes (subset of DB)"},
    [RBK] = {"RBk", "reachable Blocks"},
    [PBK] = {"PBk", "Possibly lost Blocks"},
    [IBK] = {"IBk", "Indirectly lost Blocks"},
    [DBK] = {"DBk", "Definitely lost Blocks"},
};

struct costs {
    uint64_t of[EVENT_COUNT];
};

static struct costs costs_of(const struct lc_leak *l)
{
    struct costs c = {0};
    switch (l->kind) {
    case LC_LEAK_DEFINITE:
    case LC_LEAK_MAPPING:
        c.of[DB] = l->bytes + l->hanging_bytes;
        c.of[DIB] = l->hanging_bytes;
        c.of[DBK] = l->blocks;
        break;
    case LC_LEAK_INDIRECT:
        c.of[IB] = l->bytes;
        c.of[IBK] = l->blocks;
        break;
    case LC_LEAK_REACHABLE:
        c.of[RB] = l->bytes;
        c.of[RBK] = l->blocks;
        break;
    default:
        c.of[PB] = l->bytes;
        c.of[PBK] = l->blocks;
        break;
    }
    return c;
}

struct writer {
    const struct lc_report *r;
    struct lc_ids files, functions;
};

static void put_costs(struct lc_out *out, const struct costs *c)
{
    for (size_t i = 0; i < EVENT_COUNT; i++)
        lc_out_fmt(out, " %lu", (unsigned long)c->of[i]);
    lc_out_char(out, '\n');
}

/* "fl=(1) name", and only "fl=(1)" from then on. */
static void put_name(struct writer *w, const char *key, struct lc_ids *ids, const char *name)
{
    bool is_new;
    size_t id = lc_ids_of_text(ids, name, &is_new);
    lc_out_fmt(w->r->out, "%s=(%zu)", key, id);
    if (is_new) {
        lc_out_char(w->r->out, ' ');
        lc_markup_put(w->r->out, lc_markup_none, name);
    }
    lc_out_char(w->r->out, '\n');
}

static void put_call(struct writer *w, const char *file_key, const char *function_key, const struct lc_call *c)
{
    char buf[LC_STACK_NAME_SIZE];
    const char *file = c->at.source ? c->at.source : c->at.path ? c->at.path : "UnknownFile???";
    put_name(w, file_key, &w->files, file);
    put_name(w, function_key, &w->functions, lc_stack_function(c, buf, sizeof buf));
}

static void put_leak(struct writer *w, const struct lc_leak *l)
{
    struct costs costs = costs_of(l);
    struct lc_stack s = lc_stack_of(w->r, &l->site);
    for (size_t i = s.count; i-- > 0;) {
        const struct lc_call *c = &s.at[i];
        put_call(w, "fl", "fn", c);
        if (i) {
            put_call(w, "cfi", "cfn", &s.at[i - 1]);
            lc_out_fmt(w->r->out, "calls=0 %u\n", s.at[i - 1].at.line);
        }
        lc_out_fmt(w->r->out, "%u", c->at.line);
        put_costs(w->r->out, &costs);
    }
    lc_out_char(w->r->out, '\n');
}

static void put_header(const struct lc_report *r)
{
    char command[COMMAND_SIZE];
    lc_out_fmt(r->out, "# callgrind format\nversion: 1\ncreator: leakcheck-" LC_VERSION "\npid: %d\ncmd: %s\n\npositions: line\n",
               r->findings->process.pid, lc_profile_command(r, command, sizeof command));
    for (size_t i = 0; i < EVENT_COUNT; i++)
        lc_out_fmt(r->out, "event: %s : %s\n", events[i][0], events[i][1]);
    lc_out_str(r->out, "events:");
    for (size_t i = 0; i < EVENT_COUNT; i++)
        lc_out_fmt(r->out, " %s", events[i][0]);
    lc_out_char(r->out, '\n');
}

static bool print(const struct lc_report *r)
{
    struct writer w = {.r = r};
    struct costs totals = {0};
    size_t index = 0;
    put_header(r);
    for (const struct lc_leak *l; (l = lc_profile_next(r, LC_KINDS_ALL, &index));) {
        struct costs costs = costs_of(l);
        for (size_t i = 0; i < EVENT_COUNT; i++)
            totals.of[i] += costs.of[i];
        put_leak(&w, l);
    }
    lc_out_str(r->out, "totals:");
    put_costs(r->out, &totals);
    lc_ids_free(&w.files);
    lc_ids_free(&w.functions);
    return true;
}

const struct lc_formatter lc_formatter_callgrind = {.print = print};
