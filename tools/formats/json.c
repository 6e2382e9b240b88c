/* JSON, as leakcheck.schema.json describes it: everything that the text has. Written record by record, so that the
 * memory that it takes does not grow with their number. */
#include "formats/call_texts.h"
#include "formats/format.h"
#include "formats/json_crash.h"
#include "formats/json_memory.h"
#include "formats/json_text.h"
#include "formats/stack.h"
#include "report/words.h"

#include <string.h>

#define SCHEMA_VERSION 1

static void put_value(struct lc_out *out, const char *key, json_t *value)
{
    lc_out_fmt(out, ",\n\"%s\": ", key);
    lc_json_put(out, value);
}

static json_t *json_sum(uint64_t bytes, uint64_t blocks)
{
    return json_pack("{sIsI}", "bytes", (json_int_t)bytes, "blocks", (json_int_t)blocks);
}

static json_t *json_summary(const struct lc_findings *f)
{
    uint64_t bytes[LC_LEAK_KIND_COUNT] = {0}, blocks[LC_LEAK_KIND_COUNT] = {0};
    for (size_t i = 0; i < f->leak_count; i++) {
        bytes[f->leaks[i].kind] += f->leaks[i].bytes;
        blocks[f->leaks[i].kind] += f->leaks[i].blocks;
    }
    json_t *summary = json_object();
    json_object_set_new(summary, "definite", json_sum(bytes[LC_LEAK_DEFINITE], blocks[LC_LEAK_DEFINITE]));
    json_object_set_new(summary, "indirect", json_sum(bytes[LC_LEAK_INDIRECT], blocks[LC_LEAK_INDIRECT]));
    json_object_set_new(summary, "possible",
                        json_sum(bytes[LC_LEAK_POSSIBLE] + bytes[LC_LEAK_TAGGED], blocks[LC_LEAK_POSSIBLE] + blocks[LC_LEAK_TAGGED]));
    json_object_set_new(summary, "reachable", json_sum(bytes[LC_LEAK_REACHABLE], blocks[LC_LEAK_REACHABLE]));
    json_object_set_new(summary, "suppressed", json_sum(bytes[LC_LEAK_SUPPRESSED], blocks[LC_LEAK_SUPPRESSED]));
    json_object_set_new(summary, "unfreed", json_sum(bytes[LC_LEAK_UNFREED], blocks[LC_LEAK_UNFREED]));
    json_object_set_new(summary, "mappings",
                        json_pack("{sIsI}", "bytes", (json_int_t)bytes[LC_LEAK_MAPPING], "regions",
                                  (json_int_t)blocks[LC_LEAK_MAPPING]));
    return summary;
}

static json_t *json_verdict(const struct lc_report *r)
{
    char text[512];
    struct lc_out line;
    const struct lc_verdict *v = r->verdict;
    lc_out_init(&line, -1, text, sizeof text);
    lc_verdict_put(&line, v);
    json_t *verdict = json_object();
    json_object_set_new(verdict, "text", json_stringn(text, line.len));
    json_object_set_new(verdict, "fails", json_boolean(v->fails));
    json_object_set_new(verdict, "exit", v->exit_status < 0 ? json_null() : json_integer(v->exit_status));
    json_object_set_new(verdict, "leaks", lc_json_number(v->leaks));
    json_object_set_new(verdict, "errors", lc_json_number(v->errors));
    json_object_set_new(verdict, "crashes", lc_json_number(v->crashes));
    json_object_set_new(verdict, "own", v->has_owners ? lc_json_number(v->own) : json_null());
    json_object_set_new(verdict, "foreign", v->has_owners ? lc_json_number(v->foreign) : json_null());
    json_object_set_new(verdict, "new", v->has_baseline ? lc_json_number(v->fresh) : json_null());
    json_object_set_new(verdict, "grown", v->has_baseline ? lc_json_number(v->grown) : json_null());
    json_object_set_new(verdict, "known", v->has_baseline ? lc_json_number(v->known) : json_null());
    return verdict;
}

static json_t *json_call(const struct lc_call *c)
{
    const struct lc_module *m = c->module;
    json_t *frame = json_object();
    json_object_set_new(frame, "function", lc_json_text(c->at.function));
    json_object_set_new(frame, "file", lc_json_text(c->at.path));
    json_object_set_new(frame, "line", c->at.path ? json_integer(c->at.line) : json_null());
    json_object_set_new(frame, "module", lc_json_text(m ? m->path : NULL));
    json_object_set_new(frame, "offset", lc_json_number(c->pc - (m ? m->bias : 0)));
    json_object_set_new(frame, "inlined", json_boolean(c->at.is_inlined));
    json_object_set_new(frame, "own", json_boolean(c->at.is_own));
    json_object_set_new(frame, "symbol", lc_json_text(c->at.symbol));
    return frame;
}

static char *call_text(const struct lc_call *c)
{
    return lc_json_dump(json_call(c));
}

/* The stack of `site`, as the members `stack` and `cut`. */
static void put_stack(const struct lc_report *r, struct lc_call_texts *texts, const struct lc_site *site)
{
    struct lc_stack s = lc_stack_of(r, site);
    lc_out_str(r->out, "\"stack\":[");
    for (size_t i = 0; i < s.count; i++) {
        lc_out_str(r->out, i ? "," : "");
        lc_out_str(r->out, lc_call_texts_of(texts, &s.at[i]));
    }
    lc_out_str(r->out, s.is_cut ? "],\"cut\":true" : "],\"cut\":false");
}

static void set_crash_stack(const struct lc_json_stacks *c, json_t *object, const struct lc_site *site)
{
    struct lc_stack s = lc_stack_in(c->report, c->findings, site);
    json_t *stack = json_array();
    for (size_t i = 0; i < s.count; i++)
        json_array_append_new(stack, json_call(&s.at[i]));
    json_object_set_new(object, "stack", stack);
    json_object_set_new(object, "cut", json_boolean(s.is_cut));
}

static void set_judgement(json_t *object, const struct lc_judgement *j)
{
    static const char *const words[LC_NOVELTY_COUNT] = {NULL, "known", "grown", "new"};
    json_object_set_new(object, "fingerprint", lc_json_text(j->fingerprint));
    json_object_set_new(object, "sentence", lc_json_text(j->sentence));
    json_object_set_new(object, "own", j->has_owner ? json_boolean(j->is_own) : json_null());
    json_object_set_new(object, "novelty", lc_json_text(words[j->novelty]));
    json_object_set_new(object, "excerpt", lc_json_text(j->excerpt));
    json_object_set_new(object, "command", lc_json_text(j->command));
    json_object_set_new(object, "suppression", lc_json_text(j->suppression));
}

/* But for its stack. */
static json_t *json_record(const struct lc_leak *l)
{
    json_t *record = json_object();
    json_object_set_new(record, "kind", lc_json_text(lc_words_leak.word[l->kind]));
    json_object_set_new(record, "bytes", lc_json_number(l->bytes));
    json_object_set_new(record, "blocks", lc_json_number(l->blocks));
    json_object_set_new(record, "resident", l->has_footprint ? lc_json_number(l->footprint.resident) : json_null());
    json_object_set_new(record, "swapped", l->has_footprint ? lc_json_number(l->footprint.swapped) : json_null());
    json_object_set_new(record, "untouched", l->has_footprint ? lc_json_number(l->footprint.untouched) : json_null());
    set_judgement(record, l->judgement);
    json_object_set_new(record, "hanging", json_sum(l->hanging_bytes, l->hanging_blocks));
    json_object_set_new(record, "cycles", lc_json_number(l->cycles));
    json_object_set_new(record, "seen_in", lc_json_text(l->seen_in));
    json_object_set_new(record, "allocator", lc_json_text(l->site.function));
    return record;
}

/* But for its stacks. */
static json_t *json_error_record(const struct lc_error *e)
{
    json_t *error = json_object();
    json_object_set_new(error, "kind", lc_json_text(lc_words_error.word[e->kind]));
    json_object_set_new(error, "count", lc_json_number(e->count));
    json_object_set_new(error, "address", lc_json_address(e->address));
    json_object_set_new(error, "size", lc_json_number(e->size));
    set_judgement(error, e->judgement);
    json_object_set_new(error, "seen_in", lc_json_text(e->seen_in));
    return error;
}

static json_t *json_process(const struct lc_report *r, const struct lc_findings *f)
{
    const struct lc_json_stacks stacks = {r, f, set_crash_stack};
    const struct lc_process *p = &f->process;
    const struct lc_heap_totals *h = &f->heap;
    json_t *process = json_object();
    json_object_set_new(process, "pid", json_integer(p->pid));
    json_object_set_new(process, "ppid", json_integer(p->ppid));
    json_object_set_new(process, "main", json_boolean(p->is_main));
    json_object_set_new(process, "executable", lc_json_text(p->executable));
    json_object_set_new(process, "directory", lc_json_text(p->directory));
    json_object_set_new(process, "arguments", lc_json_texts(p->arguments, p->argument_count));
    json_object_set_new(process, "test", lc_json_text(p->test && *p->test ? p->test : NULL));
    json_object_set_new(process, "start_ms", lc_json_number(p->start_unix_ms));
    json_object_set_new(process, "duration_ms", lc_json_number(p->duration_ms));
    json_object_set_new(process, "end", lc_json_text(lc_words_end.word[p->end_kind]));
    json_object_set_new(process, "value", json_integer(p->end_value));
    if (f->moment.number)
        json_object_set_new(process, "moment",
                            json_pack("{s:I, s:I, s:I, s:b}", "number", (json_int_t)f->moment.number, "time_ms",
                                      (json_int_t)f->moment.unix_ms, "pause_us", (json_int_t)f->moment.pause_us, "copy",
                                      f->moment.is_copy));
    json_object_set_new(process, "crash", lc_json_crash(&stacks, &f->crash));
    json_object_set_new(process, "library", lc_json_text(f->version));
    json_object_set_new(process, "options", lc_json_texts(f->options, f->option_count));
    json_object_set_new(process, "notes", lc_json_texts(f->notes, f->note_count));
    json_object_set_new(process, "partial", json_boolean(f->is_partial));
    json_object_set_new(process, "heap",
                        json_pack("{sIsIsIsIsIsI}", "allocations", (json_int_t)h->allocations, "frees", (json_int_t)h->frees, "bytes",
                                  (json_int_t)h->bytes, "live_blocks", (json_int_t)h->live_blocks, "live_bytes",
                                  (json_int_t)h->live_bytes, "peak_bytes", (json_int_t)h->peak_bytes));
    return process;
}

static json_t *json_coverage(const struct lc_coverage *c)
{
    return json_pack("{sIsIsIsIsI}", "dropped", (json_int_t)c->dropped, "unknown_frees", (json_int_t)c->unknown_frees,
                     "early_blocks", (json_int_t)c->early_blocks, "truncated_stacks", (json_int_t)c->truncated_stacks,
                     "unstopped_threads", (json_int_t)c->unstopped_threads);
}

static void put_record(const struct lc_report *r, struct lc_call_texts *texts, const struct lc_leak *l)
{
    lc_json_put_open(r->out, json_record(l));
    lc_out_char(r->out, ',');
    put_stack(r, texts, &l->site);
    lc_out_char(r->out, '}');
}

static void put_error(const struct lc_report *r, struct lc_call_texts *texts, const struct lc_error *e)
{
    lc_json_put_open(r->out, json_error_record(e));
    lc_out_char(r->out, ',');
    put_stack(r, texts, &e->site);
    lc_out_str(r->out, ",\"origin\":");
    if (*e->origin.function) {
        lc_out_char(r->out, '{');
        put_stack(r, texts, &e->origin);
        lc_out_str(r->out, "}}");
    } else {
        lc_out_str(r->out, "null}");
    }
}

static void put_records(const struct lc_report *r)
{
    struct lc_call_texts texts = {call_text, NULL};
    struct lc_json_list records = lc_json_list_begin(r->out, "records");
    for (size_t i = 0; i < r->findings->leak_count; i++) {
        lc_json_list_next(&records);
        put_record(r, &texts, &r->findings->leaks[i]);
    }
    lc_json_list_end(&records);
    struct lc_json_list errors = lc_json_list_begin(r->out, "errors");
    for (size_t i = 0; i < r->findings->error_count; i++) {
        lc_json_list_next(&errors);
        put_error(r, &texts, &r->findings->errors[i]);
    }
    lc_json_list_end(&errors);
    lc_call_texts_free(&texts);
}

static void put_processes(const struct lc_report *r)
{
    struct lc_json_list processes = lc_json_list_begin(r->out, "processes");
    for (size_t i = 0; i < r->count; i++)
        lc_json_list_put(&processes, json_process(r, &r->logs[i].findings));
    lc_json_list_end(&processes);
    struct lc_json_list vm = lc_json_list_begin(r->out, "vm");
    for (size_t i = 0; i < r->count; i++)
        lc_json_list_put(&vm, lc_json_memory(&r->logs[i].findings));
    lc_json_list_end(&vm);
}

static void put_suppressions(const struct lc_report *r)
{
    struct lc_json_list list = lc_json_list_begin(r->out, "suppressions");
    for (size_t i = 0; r->suppressions && i < r->suppressions->count; i++) {
        const struct lc_suppression *s = &r->suppressions->at[i];
        json_t *item = json_object();
        json_object_set_new(item, "name", lc_json_text(s->name));
        json_object_set_new(item, "file", lc_json_text(s->file));
        json_object_set_new(item, "line", json_integer(s->line));
        json_object_set_new(item, "records", lc_json_number(s->records));
        json_object_set_new(item, "bytes", lc_json_number(s->bytes));
        json_object_set_new(item, "blocks", lc_json_number(s->blocks));
        lc_json_list_put(&list, item);
    }
    lc_json_list_end(&list);
}

/* What the baseline has in vain. */
static void put_stale(const struct lc_report *r)
{
    struct lc_json_list list = lc_json_list_begin(r->out, "baseline");
    for (size_t i = 0; r->baseline && i < r->baseline->count; i++) {
        const struct lc_baseline_entry *e = &r->baseline->at[i];
        if (!lc_baseline_is_stale(e, r->today))
            continue;
        json_t *item = json_object();
        json_object_set_new(item, "fingerprint", lc_json_text(e->fingerprint));
        json_object_set_new(item, "kind", lc_json_text(e->kind));
        json_object_set_new(item, "bytes", lc_json_number(e->bytes));
        json_object_set_new(item, "blocks", lc_json_number(e->blocks));
        json_object_set_new(item, "what", lc_json_text(e->what));
        json_object_set_new(item, "reason", lc_json_text(e->reason));
        json_object_set_new(item, "expires", lc_json_text(e->expires));
        json_object_set_new(item, "expired", json_boolean(lc_baseline_is_expired(e, r->today)));
        lc_json_list_put(&list, item);
    }
    lc_json_list_end(&list);
}

static bool print(const struct lc_report *r)
{
    lc_out_fmt(r->out, "{\n\"schema\": \"leakcheck-report\", \"version\": %d", SCHEMA_VERSION);
    put_value(r->out, "verdict", json_verdict(r));
    put_value(r->out, "summary", json_summary(r->findings));
    put_value(r->out, "source_root", lc_json_text(r->source_root));
    put_records(r);
    put_processes(r);
    put_value(r->out, "coverage", json_coverage(&r->findings->coverage));
    put_suppressions(r);
    put_stale(r);
    lc_out_str(r->out, "\n}\n");
    return true;
}

const struct lc_formatter lc_formatter_json = {.print = print};
