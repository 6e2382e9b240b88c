/* JUnit's XML, as GitLab, Jenkins and others read it: each finding is a test case that fails (or, where it does not make the
 * run fail, one that passes and tells of it); a run without any is one that passes. */
#include "formats/finding.h"
#include "formats/stack.h"

#include <stdlib.h>
#include <string.h>

/* GitLab shows the class name as the suite, and drops a case whose class and name it has seen. */
static const char *class_of(const struct lc_report *r)
{
    const char *slash = strrchr(r->findings->process.executable, '/');
    return slash ? slash + 1 : r->findings->process.executable;
}

static void put_attribute(struct lc_out *out, const char *name, const char *text)
{
    char buf[LC_STACK_NAME_SIZE];
    lc_out_fmt(out, " %s=\"", name);
    lc_markup_put(out, lc_markup_xml, lc_markup_short(buf, sizeof buf, text));
    lc_out_char(out, '"');
}

/* "definitely lost in parse (parse.c:12) #6650ce70" */
static void put_name(const struct lc_report *r, const struct lc_finding *f, const struct lc_stack *s)
{
    lc_out_fmt(r->out, " name=\"%s", f->rule->id);
    if (s->place) {
        lc_out_str(r->out, " in ");
        lc_stack_put_call(r->out, lc_markup_xml, s->place);
    }
    lc_out_fmt(r->out, " #%.8s", f->judgement->fingerprint);
    if (f->ordinal > 1)
        lc_out_fmt(r->out, ".%u", f->ordinal);
    lc_out_char(r->out, '"');
}

static void put_case(const struct lc_report *r, const struct lc_finding *f)
{
    struct lc_stack s = lc_stack_of(r, f->site);
    bool fails = f->level != LC_LEVEL_NOTE;
    const char *element = fails ? "failure" : "system-out";
    lc_out_str(r->out, "    <testcase");
    put_attribute(r->out, "classname", class_of(r));
    put_name(r, f, &s);
    if (s.place) {
        put_attribute(r->out, "file", s.place->at.path);
        lc_out_fmt(r->out, " line=\"%u\"", s.place->at.line);
    }
    lc_out_fmt(r->out, " time=\"0\">\n      <%s", element);
    if (fails) {
        put_attribute(r->out, "message", f->judgement->sentence);
        put_attribute(r->out, "type", f->rule->id);
    }
    lc_out_char(r->out, '>');
    lc_markup_put(r->out, lc_markup_xml, f->judgement->sentence);
    lc_out_char(r->out, '\n');
    lc_stack_put(r->out, lc_markup_xml, &s);
    lc_out_fmt(r->out, "</%s>\n    </testcase>\n", element);
}

/* A program that was killed has not passed, whatever it leaks. */
static void put_killed_case(const struct lc_report *r, int signal)
{
    char message[64];
    const char *name = sigabbrev_np(signal);
    lc_format(message, sizeof message, "ended by signal %d (SIG%s)", signal, name ? name : "?");
    lc_out_str(r->out, "    <testcase");
    put_attribute(r->out, "classname", class_of(r));
    lc_out_str(r->out, " name=\"ends by itself\" time=\"0\">\n      <failure");
    put_attribute(r->out, "message", message);
    lc_out_str(r->out, " type=\"signal\"/>\n    </testcase>\n");
}

static void put_good_case(const struct lc_report *r)
{
    lc_out_str(r->out, "    <testcase");
    put_attribute(r->out, "classname", class_of(r));
    lc_out_str(r->out, " name=\"no leaks\" time=\"0\"/>\n");
}

static bool print(const struct lc_report *r)
{
    size_t count, failures;
    const struct lc_process *p = &r->findings->process;
    bool is_killed = p->end_kind == LC_END_SIGNAL;
    struct lc_finding *list = lc_findings_shown(r, &count);
    failures = is_killed;
    for (size_t i = 0; i < count; i++)
        failures += list[i].level != LC_LEVEL_NOTE;
    lc_out_str(r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite name=\"leakcheck\"");
    lc_out_fmt(r->out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"0\" time=\"%lu.%03lu\">\n", count + is_killed + !(count + is_killed), failures,
               (unsigned long)(p->duration_ms / 1000), (unsigned long)(p->duration_ms % 1000));
    for (size_t i = 0; i < count; i++)
        put_case(r, &list[i]);
    if (is_killed)
        put_killed_case(r, p->end_value);
    else if (!count)
        put_good_case(r);
    lc_out_str(r->out, "  </testsuite>\n</testsuites>\n");
    free(list);
    return true;
}

const struct lc_formatter lc_formatter_junit = {.print = print};
