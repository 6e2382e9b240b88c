/* SARIF 2.1.0, with what GitHub's code scanning asks for and within its limits: the first location is the one it shows,
 * `codeFlows` it shows as paths, `stacks` is where other readers look. */
#include "formats/call_texts.h"
#include "formats/finding.h"
#include "formats/json_text.h"
#include "formats/stack.h"

#include <stdlib.h>
#include <string.h>

#define RESULTS_MAX 25000 /* more, and GitHub takes none */
#define FRAMES_MAX  1000  /* of a path that it shows */
#define MESSAGE_SIZE 1024

static const char *const levels[LC_LEVEL_COUNT] = {"note", "warning", "error"};

static json_t *json_message(const char *text)
{
    char buf[MESSAGE_SIZE];
    return json_pack("{so}", "text", lc_json_text(lc_markup_short(buf, sizeof buf, text)));
}

/* Only sources in the tree have an address that means something elsewhere. */
static json_t *json_place(const struct lc_call *c)
{
    char *uri = lc_markup_uri(c->at.path);
    json_t *place = json_pack("{s{ss}s{si}}", "artifactLocation", "uri", uri, "region", "startLine", c->at.line ? (int)c->at.line : 1);
    free(uri);
    return place;
}

static json_t *json_function(const struct lc_call *c)
{
    char known[LC_STACK_NAME_SIZE], name[LC_STACK_NAME_SIZE];
    return lc_json_text(lc_markup_short(name, sizeof name, lc_stack_function(c, known, sizeof known)));
}

static json_t *json_location(const struct lc_call *c)
{
    json_t *location = json_pack("{s[{so}]}", "logicalLocations", "fullyQualifiedName", json_function(c));
    if (c->at.path)
        json_object_set_new(location, "physicalLocation", json_place(c));
    return location;
}

/* Of a stack. */
static char *frame_text(const struct lc_call *c)
{
    json_t *frame = json_pack("{so}", "location", json_location(c));
    if (c->module)
        json_object_set_new(frame, "module", lc_json_text(lc_call_module_name(c)));
    return lc_json_dump(frame);
}

/* Of a path, which has only what can be shown: NULL where it can't. */
static char *step_text(const struct lc_call *c)
{
    bool is_in_tree = c->at.path && *c->at.path != '/';
    return is_in_tree ? lc_json_dump(json_pack("{s{sos{so}}}", "location", "physicalLocation", json_place(c), "message", "text", json_function(c)))
                      : NULL;
}

static void put_stack(struct lc_out *out, struct lc_call_texts *texts, const struct lc_stack *s)
{
    lc_out_str(out, ",\"stacks\":[{\"message\":{\"text\":\"allocated here\"},\"frames\":[");
    for (size_t i = 0; i < s->count && i < FRAMES_MAX; i++) {
        lc_out_str(out, i ? "," : "");
        lc_out_str(out, lc_call_texts_of(texts, &s->at[i]));
    }
    lc_out_str(out, "]}]");
}

/* Outermost first; none where nothing of it can be shown. */
static void put_flow(struct lc_out *out, struct lc_call_texts *texts, const struct lc_stack *s)
{
    const char *separator = ",\"codeFlows\":[{\"threadFlows\":[{\"locations\":[";
    size_t count = 0;
    for (size_t i = s->count; i-- > 0 && count < FRAMES_MAX;) {
        const char *step = lc_call_texts_of(texts, &s->at[i]);
        if (!step)
            continue;
        lc_out_str(out, separator);
        lc_out_str(out, step);
        separator = ",";
        count++;
    }
    lc_out_str(out, count ? "]}]}]" : "");
}

static json_t *json_properties(const struct lc_finding *f)
{
    if (f->error)
        return json_pack("{sI}", "count", (json_int_t)f->error->count);
    return json_pack("{sIsIsI}", "bytes", (json_int_t)f->leak->bytes, "blocks", (json_int_t)f->leak->blocks, "hangingBytes",
                     (json_int_t)f->leak->hanging_bytes);
}

/* All but its stack. */
static json_t *json_result(const struct lc_finding *f, const struct lc_stack *s)
{
    static const char *const states[LC_NOVELTY_COUNT] = {NULL, "unchanged", "updated", "new"};
    json_t *result = json_pack("{sssiss}", "ruleId", f->rule->id, "ruleIndex", (int)(f->rule - lc_rules), "level", levels[f->level]);
    json_object_set_new(result, "message", json_message(f->judgement->sentence));
    json_object_set_new(result, "locations", s->place ? json_pack("[o]", json_location(s->place)) : json_array());
    json_object_set_new(result, "partialFingerprints",
                        json_pack("{so}", "primaryLocationLineHash", json_sprintf("%s:%u", f->judgement->fingerprint, f->ordinal)));
    if (f->judgement->novelty)
        json_object_set_new(result, "baselineState", json_string(states[f->judgement->novelty]));
    json_object_set_new(result, "properties", json_properties(f));
    return result;
}

static void put_results(const struct lc_report *r, const struct lc_finding *list, size_t count)
{
    struct lc_call_texts frames = {frame_text, NULL}, steps = {step_text, NULL};
    struct lc_json_list results = lc_json_list_begin(r->out, "results");
    for (size_t i = 0; i < count; i++) {
        struct lc_stack s = lc_stack_of(r, list[i].site);
        lc_json_list_next(&results);
        lc_json_put_open(r->out, json_result(&list[i], &s));
        put_flow(r->out, &steps, &s);
        put_stack(r->out, &frames, &s);
        lc_out_char(r->out, '}');
    }
    lc_json_list_end(&results);
    lc_call_texts_free(&frames);
    lc_call_texts_free(&steps);
}

static json_t *json_rule(const struct lc_rule *rule)
{
    return json_pack("{sss{ss}s{ss}s{ss}s{ss}s{sss[sss]}}", "id", rule->id, "shortDescription", "text", rule->title,
                     "fullDescription", "text", rule->description, "help", "text", rule->help, "defaultConfiguration", "level",
                     levels[rule->level], "properties", "precision", rule->precision, "tags", "memory", "reliability",
                     "correctness");
}

static json_t *json_tool(void)
{
    json_t *rules = json_array();
    for (size_t i = 0; i < LC_RULE_COUNT; i++)
        json_array_append_new(rules, json_rule(&lc_rules[i]));
    return json_pack("{s{ssssssso}}", "driver", "name", "leakcheck", "version", LC_VERSION, "semanticVersion", LC_VERSION, "rules",
                     rules);
}

/* What the report says beside the findings, and what they are too many for. */
static json_t *json_notifications(const struct lc_report *r, size_t left_out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->findings->note_count; i++)
        json_array_append_new(list, json_pack("{soss}", "message", json_message(r->findings->notes[i]), "level", "warning"));
    if (left_out)
        json_array_append_new(list, json_pack("{s{so}ss}", "message", "text", json_sprintf("%zu more findings", left_out), "level", "warning"));
    return list;
}

static json_t *json_invocation(const struct lc_report *r, size_t left_out)
{
    const struct lc_process *p = &r->findings->process;
    char *directory = lc_markup_uri(r->source_root ? r->source_root : p->directory);
    char *executable = lc_markup_uri(p->executable);
    json_t *invocation = json_pack("{sbs{ss}s{ss}so}", "executionSuccessful", 1, "executableLocation", "uri", executable,
                                   "workingDirectory", "uri", directory, "arguments", lc_json_texts(p->arguments, p->argument_count));
    json_object_set_new(invocation, "toolExecutionNotifications", json_notifications(r, left_out));
    if (p->end_kind == LC_END_STATUS)
        json_object_set_new(invocation, "exitCode", json_integer(p->end_value));
    free(directory);
    free(executable);
    return invocation;
}

/* Several programs may be uploaded for one commit, each with an id of its own. */
static json_t *json_id(const struct lc_process *p)
{
    const char *slash = strrchr(p->executable, '/');
    json_t *name = lc_json_text(slash ? slash + 1 : p->executable);
    json_t *id = json_pack("{so}", "id", json_sprintf("leakcheck/%s/", json_string_value(name)));
    json_decref(name);
    return id;
}

static void put_member(struct lc_out *out, const char *key, json_t *value)
{
    lc_out_fmt(out, "\"%s\": ", key);
    lc_json_put(out, value);
    lc_out_str(out, ",\n");
}

static bool print(const struct lc_report *r)
{
    size_t count;
    struct lc_finding *list = lc_findings_shown(r, &count);
    size_t shown = count > RESULTS_MAX ? RESULTS_MAX : count;
    lc_out_str(r->out, "{\n\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", \"version\": \"2.1.0\", \"runs\": [{\n");
    put_member(r->out, "tool", json_tool());
    put_member(r->out, "automationDetails", json_id(&r->findings->process));
    put_member(r->out, "invocations", json_pack("[o]", json_invocation(r, count - shown)));
    lc_out_str(r->out, "\"columnKind\": \"utf16CodeUnits\"");
    put_results(r, list, shown);
    lc_out_str(r->out, "\n}]}\n");
    free(list);
    return true;
}

const struct lc_formatter lc_formatter_sarif = {.print = print};
