/* LeakSanitizer's text; wrong frees in AddressSanitizer's words. */
#include "formats/finding.h"
#include "formats/stack.h"

#include <stdlib.h>

static void put_frame(struct lc_out *out, size_t number, const struct lc_call *c)
{
    char buf[LC_STACK_NAME_SIZE];
    const char *file = c->at.source ? c->at.source : c->at.path;
    lc_out_fmt(out, "    #%zu 0x%lx in ", number, (unsigned long)c->pc);
    lc_markup_put(out, lc_markup_none, lc_stack_function(c, buf, sizeof buf));
    if (file) {
        lc_out_char(out, ' ');
        lc_markup_put(out, lc_markup_none, file);
        lc_out_fmt(out, ":%u", c->at.line);
    } else if (c->module) {
        lc_out_str(out, " (");
        lc_markup_put(out, lc_markup_none, c->module->path);
        lc_out_fmt(out, "+0x%lx)", (unsigned long)(c->pc - c->module->bias));
    }
    lc_out_char(out, '\n');
}

static void put_stack(const struct lc_report *r, const struct lc_site *site)
{
    struct lc_stack s = lc_stack_of(r, site);
    for (size_t i = 0; i < s.count; i++)
        put_frame(r->out, i, &s.at[i]);
    lc_out_char(r->out, '\n');
}

static void put_error(const struct lc_report *r, const struct lc_error *e)
{
    static const char *const what[] = {
        [LC_ERROR_MISMATCHED_FREE] = "alloc-dealloc-mismatch",
        [LC_ERROR_DOUBLE_FREE] = "attempting double-free",
        [LC_ERROR_INVALID_FREE] = "attempting free on address which was not malloc()-ed",
    };
    lc_out_fmt(r->out, "==%d==ERROR: AddressSanitizer: %s on 0x%lx\n", r->findings->process.pid, what[e->kind],
               (unsigned long)e->address);
    put_stack(r, &e->site);
    if (!*e->origin.function)
        return;
    lc_out_str(r->out, "allocated here:\n");
    put_stack(r, &e->origin);
}

/* LeakSanitizer has two kinds, and knows of no reachable blocks. It shows the indirect ones, always. */
static bool is_shown(const struct lc_report *r, const struct lc_leak *l)
{
    return l->kind != LC_LEAK_REACHABLE &&
           (lc_text_is_shown(l, r->style) || (l->kind == LC_LEAK_INDIRECT && !lc_judgement_is_known(l->judgement)));
}

static void put_leak(const struct lc_report *r, const struct lc_leak *l)
{
    lc_out_fmt(r->out, "%s leak of %lu byte(s) in %lu object(s) allocated from:\n",
               l->kind == LC_LEAK_INDIRECT ? "Indirect" : "Direct", (unsigned long)l->bytes, (unsigned long)l->blocks);
    put_stack(r, &l->site);
}

static void put_suppressions(const struct lc_report *r)
{
    static const char line[] = "-----------------------------------------------------\n";
    bool is_first = true;
    for (size_t i = 0; i < r->suppressions->count; i++) {
        const struct lc_suppression *s = &r->suppressions->at[i];
        if (!s->records)
            continue;
        if (is_first)
            lc_out_fmt(r->out, "%sSuppressions used:\n  count      bytes template\n", line);
        is_first = false;
        lc_out_fmt(r->out, "%7lu %10lu ", (unsigned long)s->blocks, (unsigned long)s->bytes);
        lc_markup_put(r->out, lc_markup_none, s->name);
        lc_out_char(r->out, '\n');
    }
    if (!is_first)
        lc_out_fmt(r->out, "%s\n", line);
}

static bool print(const struct lc_report *r)
{
    const struct lc_findings *f = r->findings;
    uint64_t bytes = 0, blocks = 0;
    lc_text_sort(r->findings);
    for (size_t i = 0; i < f->error_count; i++)
        if (!lc_judgement_is_known(f->errors[i].judgement))
            put_error(r, &f->errors[i]);
    for (unsigned is_indirect = 0; is_indirect < 2 && r->style->leak_check == LC_CHECK_FULL; is_indirect++)
        for (size_t i = f->leak_count; i-- > 0;) {
            const struct lc_leak *l = &f->leaks[i];
            if ((l->kind == LC_LEAK_INDIRECT) != is_indirect || !is_shown(r, l))
                continue;
            if (!blocks)
                lc_out_fmt(r->out,
                           "\n=================================================================\n"
                           "==%d==ERROR: LeakSanitizer: detected memory leaks\n\n",
                           f->process.pid);
            put_leak(r, l);
            bytes += l->bytes;
            blocks += l->blocks;
        }
    put_suppressions(r);
    if (blocks)
        lc_out_fmt(r->out, "SUMMARY: LeakSanitizer: %lu byte(s) leaked in %lu allocation(s).\n", (unsigned long)bytes,
                   (unsigned long)blocks);
    return true;
}

const struct lc_formatter lc_formatter_lsan = {.print = print};
