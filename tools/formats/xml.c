/* Valgrind's XML, protocol 4 (docs/internals/xml-output-protocol4.txt there). Readers know no kinds but valgrind's and no
 * tool but memcheck; and what has a <file> they take for the place, so our own doors have none. */
#include "formats/finding.h"
#include "formats/stack.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

static const char *const leak_kinds[] = {
    [LC_LEAK_UNFREED] = "Leak_PossiblyLost",     [LC_LEAK_DEFINITE] = "Leak_DefinitelyLost",
    [LC_LEAK_INDIRECT] = "Leak_IndirectlyLost",  [LC_LEAK_POSSIBLE] = "Leak_PossiblyLost",
    [LC_LEAK_TAGGED] = "Leak_PossiblyLost",      [LC_LEAK_REACHABLE] = "Leak_StillReachable",
    [LC_LEAK_MAPPING] = "Leak_DefinitelyLost",   [LC_LEAK_SUPPRESSED] = "Leak_StillReachable",
};
static_assert(LC_ARRAY_LEN(leak_kinds) == LC_LEAK_KIND_COUNT, "one of valgrind's kinds for each");

static void put_element(struct lc_out *out, const char *indent, const char *name, const char *text)
{
    lc_out_fmt(out, "%s<%s>", indent, name);
    lc_markup_put(out, lc_markup_xml, text);
    lc_out_fmt(out, "</%s>\n", name);
}

static void put_number(struct lc_out *out, const char *indent, const char *name, uint64_t number)
{
    lc_out_fmt(out, "%s<%s>%lu</%s>\n", indent, name, (unsigned long)number, name);
}

/* "/dir/file.c" as <dir> and <file>. */
static void put_source(struct lc_out *out, const struct lc_location *at)
{
    const char *path = at->source ? at->source : at->path;
    const char *slash = strrchr(path, '/');
    if (slash) {
        char *dir = strndup(path, (size_t)(slash - path));
        put_element(out, "      ", "dir", dir ? dir : "");
        free(dir);
    }
    put_element(out, "      ", "file", slash ? slash + 1 : path);
    put_number(out, "      ", "line", at->line);
}

static void put_frames(struct lc_out *out, const struct lc_stack *s)
{
    lc_out_str(out, "  <stack>\n");
    for (size_t i = 0; i < s->count; i++) {
        const struct lc_call *c = &s->at[i];
        lc_out_fmt(out, "    <frame>\n      <ip>0x%lX</ip>\n", (unsigned long)c->pc);
        if (c->module)
            put_element(out, "      ", "obj", c->module->path);
        if (c->at.function)
            put_element(out, "      ", "fn", c->at.function);
        if (c->at.path && !c->is_door)
            put_source(out, &c->at);
        lc_out_str(out, "    </frame>\n");
    }
    lc_out_str(out, "  </stack>\n");
}

static void put_stack(const struct lc_report *r, const struct lc_site *site)
{
    struct lc_stack s = lc_stack_of(r, site);
    put_frames(r->out, &s);
}

/* In CDATA, whose end no line may be. */
static void put_raw_line(struct lc_out *out, const char *line)
{
    char *mended = lc_markup_mended(line), *rest = mended, *end;
    for (; (end = strstr(rest, "]]>")); rest = end + 2)
        lc_out_fmt(out, "%.*s]]]]><![CDATA[", (int)(end - rest), rest);
    lc_out_fmt(out, "%s\n", rest);
    free(mended);
}

/* "   fun:malloc" */
static void put_suppressed_frame(struct lc_out *out, const char *line)
{
    const char *kind = line + strspn(line, " "), *colon = strchr(kind, ':');
    const char *name = strncmp(kind, "obj", strlen("obj")) == 0 ? "obj" : "fun";
    lc_out_fmt(out, "    <sframe> <%s>", name);
    lc_markup_put(out, lc_markup_xml, colon ? colon + 1 : kind);
    lc_out_fmt(out, "</%s> </sframe>\n", name);
}

/* What --gen-suppressions made, by its lines: brace, name, tool, kinds, frames, brace. */
static void put_suppression(struct lc_out *out, const char *text)
{
    enum { KINDS = 3, FRAMES };
    char *lines = lc_mem_format("%s", text), *rest = lines, *line;
    lc_out_str(out, "  <suppression>\n    <sname>insert_a_suppression_name_here</sname>\n"
                    "    <skind>Memcheck:Leak</skind>\n");
    for (int number = 0; (line = strsep(&rest, "\n")) && *line != '}'; number++) {
        if (number == KINDS)
            put_element(out, "    ", "skaux", line + strspn(line, " "));
        else if (number >= FRAMES)
            put_suppressed_frame(out, line);
    }
    strcpy(lines, text);
    rest = lines;
    lc_out_str(out, "    <rawtext>\n");
    lc_out_str(out, "<![CDATA[\n");
    while ((line = strsep(&rest, "\n")) && *line)
        put_raw_line(out, line);
    lc_out_str(out, "]]>\n    </rawtext>\n  </suppression>\n");
    free(lines);
}

static void put_leak(struct lc_out *out, const struct lc_leak *l, size_t number, size_t count)
{
    lc_out_fmt(out, "  <kind>%s</kind>\n  <xwhat>\n    <text>", leak_kinds[l->kind]);
    lc_text_record(out, l, number, count);
    lc_out_str(out, "</text>\n");
    put_number(out, "    ", "leakedbytes", l->bytes + l->hanging_bytes);
    put_number(out, "    ", "leakedblocks", l->blocks);
    lc_out_str(out, "  </xwhat>\n");
}

/* What happened, after what valgrind would say: the other stack is of what stands right before it. */
static void put_error(const struct lc_report *r, const struct lc_error *e)
{
    lc_out_fmt(r->out, "  <kind>%s</kind>\n", e->kind == LC_ERROR_MISMATCHED_FREE ? "MismatchedFree" : "InvalidFree");
    put_element(r->out, "  ", "what", lc_text_error(e->kind));
    put_stack(r, &e->site);
    lc_out_str(r->out, "  <auxwhat>");
    lc_text_error_address(r->out, e);
    lc_out_str(r->out, "</auxwhat>\n");
    if (*e->origin.function)
        put_stack(r, &e->origin);
}

static void put_finding(const struct lc_report *r, const struct lc_finding *f, size_t unique)
{
    lc_out_fmt(r->out, "<error>\n  <unique>0x%zx</unique>\n  <tid>1</tid>\n", unique);
    if (f->error) {
        put_error(r, f->error);
    } else {
        put_leak(r->out, f->leak, f->number, r->findings->leak_count);
        put_stack(r, f->site);
    }
    if (f->judgement->suppression)
        put_suppression(r->out, f->judgement->suppression);
    lc_out_str(r->out, "</error>\n\n");
}

static void put_words(struct lc_out *out, const char *name, const char *exe, const char *dashes, const char *const *words, size_t count)
{
    lc_out_fmt(out, "  <%s>\n", name);
    put_element(out, "    ", "exe", exe);
    for (size_t i = 0; i < count; i++) {
        char *word = lc_mem_format("%s%s", dashes, words[i]);
        put_element(out, "    ", "arg", word);
        free(word);
    }
    lc_out_fmt(out, "  </%s>\n", name);
}

static void put_preamble(const struct lc_report *r)
{
    const struct lc_findings *f = r->findings;
    const struct lc_process *p = &f->process;
    lc_out_str(r->out, "<?xml version=\"1.0\"?>\n\n<valgrindoutput>\n\n<protocolversion>4</protocolversion>\n"
                       "<protocoltool>memcheck</protocoltool>\n\n<preamble>\n");
    lc_out_str(r->out, "  <line>leakcheck " LC_VERSION ", a memory leak detector, in the format of valgrind's memcheck</line>\n");
    for (size_t i = 0; i < f->note_count; i++)
        put_element(r->out, "  ", "line", f->notes[i]);
    lc_out_fmt(r->out, "</preamble>\n\n<pid>%d</pid>\n<ppid>%d</ppid>\n<tool>memcheck</tool>\n", p->pid, p->ppid);
    if (*r->options->xml_user_comment) /* it is XML, as in valgrind */
        lc_out_fmt(r->out, "<usercomment>%s</usercomment>\n", r->options->xml_user_comment);
    lc_out_str(r->out, "\n<args>\n");
    put_words(r->out, "vargv", "leakcheck", "--", f->options, f->option_count);
    size_t rest = p->argument_count ? p->argument_count - 1 : 0;
    put_words(r->out, "argv", p->argument_count ? p->arguments[0] : p->executable, "", p->arguments + !!rest, rest);
    lc_out_str(r->out, "</args>\n\n");
}

static void put_status(struct lc_out *out, const char *state, uint64_t ms)
{
    unsigned long seconds = ms / 1000;
    lc_out_fmt(out, "<status>\n  <state>%s</state>\n  <time>%02lu:%02lu:%02lu:%02lu.%03lu </time>\n</status>\n\n", state,
               seconds / 86400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, (unsigned long)ms % 1000);
}

/* What has ended the command, where that is known. */
static void put_fatal_signal(const struct lc_report *r)
{
    const struct lc_log *log = lc_logs_command(r->logs, r->count);
    const struct lc_findings *f = log ? &log->findings : &r->logs[0].findings;
    const struct lc_crash *c = &f->crash;
    const char *name = sigabbrev_np(c->signal);
    if (f->process.end_kind != LC_END_SIGNAL || !c->is_known || c->stack == LC_NONE)
        return;
    struct lc_stack s = lc_stack_in(r, f, &(struct lc_site){"", 0, c->stack});
    lc_out_fmt(r->out, "<fatal_signal>\n  <tid>1</tid>\n  <signo>%d</signo>\n  <signame>SIG%s</signame>\n  <sicode>%d</sicode>\n",
               c->signal, name ? name : "?", c->code);
    if (c->has_address)
        lc_out_fmt(r->out, "  <siaddr>0x%lX</siaddr>\n", (unsigned long)c->address);
    put_frames(r->out, &s);
    lc_out_str(r->out, "</fatal_signal>\n\n");
}

static void put_counts(const struct lc_report *r, const struct lc_finding *list, size_t count)
{
    lc_out_str(r->out, "<errorcounts>\n");
    for (size_t i = 0; i < count; i++)
        if (list[i].error)
            lc_out_fmt(r->out, "  <pair>\n    <count>%lu</count>\n    <unique>0x%zx</unique>\n  </pair>\n",
                       (unsigned long)list[i].error->count, i);
    lc_out_str(r->out, "</errorcounts>\n\n<suppcounts>\n");
    for (size_t i = 0; i < r->suppressions->count; i++) {
        const struct lc_suppression *s = &r->suppressions->at[i];
        if (!s->records)
            continue;
        lc_out_fmt(r->out, "  <pair>\n    <count>%lu</count>\n", (unsigned long)s->records);
        put_element(r->out, "    ", "name", s->name);
        lc_out_str(r->out, "  </pair>\n");
    }
    lc_out_str(r->out, "</suppcounts>\n\n</valgrindoutput>\n");
}

/* Errors while it ran, leaks after its end, the biggest last. */
static bool print(const struct lc_report *r)
{
    size_t count;
    struct lc_finding *list = lc_findings_shown(r, &count);
    put_preamble(r);
    put_status(r->out, "RUNNING", 0);
    for (size_t i = 0; i < count; i++)
        if (list[i].error)
            put_finding(r, &list[i], i);
    put_fatal_signal(r);
    put_status(r->out, "FINISHED", r->findings->process.duration_ms);
    for (size_t i = count; i-- > 0;)
        if (list[i].leak)
            put_finding(r, &list[i], i);
    put_counts(r, list, count);
    free(list);
    return true;
}

const struct lc_formatter lc_formatter_xml = {.print = print};
