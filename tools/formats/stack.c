#include "formats/stack.h"

/* An own place is the one to change, wherever it is known; others only as far as their sources are. */
static const struct lc_call *find_place(const struct lc_calls *calls)
{
    bool is_own;
    for (size_t i = lc_calls_owner(calls, &is_own); i < calls->count; i++)
        if (calls->at[i].at.path && calls->at[i].at.line)
            return &calls->at[i];
    return NULL;
}

struct lc_stack lc_stack_in(const struct lc_report *r, const struct lc_findings *f, const struct lc_site *site)
{
    static struct lc_calls calls; /* its memory is used again and again */
    unsigned max = r->style->num_callers;
    lc_calls_fill(&calls, f, site, r->namer, r->style->verbose);
    bool is_long = max && calls.count > max;
    return (struct lc_stack){calls.at, is_long ? max : calls.count, calls.is_cut || is_long, find_place(&calls)};
}

struct lc_stack lc_stack_of(const struct lc_report *r, const struct lc_site *site)
{
    return lc_stack_in(r, r->findings, site);
}

size_t lc_stack_inlined(const struct lc_stack *s, size_t first)
{
    size_t i = first;
    while (i + 1 < s->count && s->at[i].at.is_inlined)
        i++;
    return i + 1 - first;
}

const char *lc_stack_function(const struct lc_call *call, char *buf, size_t size)
{
    if (call->at.function)
        return call->at.function;
    if (!call->module)
        return "???";
    lc_format(buf, size, "%s+0x%lx", lc_call_module_name(call), (unsigned long)(call->pc - call->module->bias));
    return buf;
}

void lc_stack_put_call(struct lc_out *out, lc_markup markup, const struct lc_call *call)
{
    char known[LC_STACK_NAME_SIZE], name[LC_STACK_NAME_SIZE];
    const char *file = call->at.path ? call->at.path : call->module ? call->module->path : NULL;
    lc_markup_put(out, markup, lc_markup_short(name, sizeof name, lc_stack_function(call, known, sizeof known)));
    if (!file)
        return;
    lc_markup_put(out, markup, call->at.path ? " (" : " (in ");
    lc_markup_put(out, markup, lc_markup_short(name, sizeof name, file));
    if (call->at.path) {
        char line[16];
        lc_format(line, sizeof line, ":%u", call->at.line);
        lc_markup_put(out, markup, line);
    }
    lc_markup_put(out, markup, ")");
}

const char *lc_stack_place(char buf[LC_STACK_PLACE_SIZE], const struct lc_call *call)
{
    struct lc_out out;
    lc_out_init(&out, -1, buf, LC_STACK_PLACE_SIZE - 1);
    lc_out_fmt(&out, "0x%lX: ", (unsigned long)call->pc);
    lc_stack_put_call(&out, lc_markup_none, call);
    buf[out.len] = '\0';
    return buf;
}

void lc_stack_put(struct lc_out *out, lc_markup markup, const struct lc_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        lc_out_str(out, i ? "   by " : "   at ");
        lc_stack_put_call(out, markup, &stack->at[i]);
        lc_out_char(out, '\n');
    }
    if (stack->is_cut)
        lc_out_str(out, "   ... (more callers)\n");
}
