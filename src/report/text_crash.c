/* The signal that ended the process, for people. The first lines are in valgrind's words (its m_signals.c), so that those who look
 * for them find them. */
#include "report/escape.h"
#include "report/text.h"

#include <string.h>

#define OVERFLOW_CALLERS 24 /* of a stack that overflows the rest is mostly the same */

struct page {
    struct lc_out *out;
    const char *prefix;
    const struct lc_findings *f;
    struct lc_namer *namer;
    const struct lc_text_style *style;
};

#define LINE(page, ...) lc_text_line((page)->out, (page)->prefix, __VA_ARGS__)

static void put_escaped(const struct page *p, const char *before, const char *text, const char *behind)
{
    lc_out_str(p->out, before);
    lc_escape_text(p->out, text);
    lc_out_str(p->out, behind);
}

/* What valgrind says of signals and their codes. */
static const struct {
    int signal, code;
    const char *what;
    bool is_of_instruction; /* the address is where it stands, and not what it had to do with */
} causes[] = {
    {SIGSEGV, SEGV_MAPERR, "Access not within mapped region at address", false},
    {SIGSEGV, SEGV_ACCERR, "Bad permissions for mapped region at address", false},
    {SIGSEGV, SI_KERNEL, "General Protection Fault", true},
    {SIGBUS, BUS_ADRALN, "Invalid address alignment at address", false},
    {SIGBUS, BUS_ADRERR, "Non-existent physical address at address", false},
    {SIGBUS, BUS_OBJERR, "Hardware error at address", false},
    {SIGFPE, FPE_INTDIV, "Integer divide by zero at address", true},
    {SIGFPE, FPE_INTOVF, "Integer overflow at address", true},
    {SIGFPE, FPE_FLTDIV, "FP divide by zero at address", true},
    {SIGFPE, FPE_FLTOVF, "FP overflow at address", true},
    {SIGFPE, FPE_FLTUND, "FP underflow at address", true},
    {SIGFPE, FPE_FLTRES, "FP inexact at address", true},
    {SIGFPE, FPE_FLTINV, "FP invalid operation at address", true},
    {SIGILL, ILL_ILLOPC, "Illegal opcode at address", true},
    {SIGILL, ILL_ILLOPN, "Illegal operand at address", true},
    {SIGILL, ILL_PRVOPC, "Privileged opcode at address", true},
};

static void put_cause(const struct page *p)
{
    const struct lc_crash *c = &p->f->crash;
    for (size_t i = 0; i < LC_ARRAY_LEN(causes); i++)
        if (causes[i].signal == c->signal && causes[i].code == c->code) {
            bool has_address = c->signal != SIGSEGV || c->code != SI_KERNEL;
            if (has_address)
                LINE(p, " %s 0x%lX", causes[i].what, (unsigned long)(causes[i].is_of_instruction ? c->pc : c->address));
            else
                LINE(p, " %s", causes[i].what);
            return;
        }
    if (c->code <= 0 && c->sender == p->f->process.pid)
        LINE(p, " Sent by the process itself");
    else if (c->code <= 0 && c->sender)
        LINE(p, " Sent by process %d of user %u", c->sender, c->user);
}

static bool is_overflow(const struct lc_crash *c)
{
    for (size_t i = 0; i < c->place_count; i++)
        if (c->places[i].kind == LC_PLACE_OVERFLOW)
            return true;
    return false;
}

static void put_stack(const struct page *p)
{
    const struct lc_crash *c = &p->f->crash;
    const struct lc_site stack = {"", 0, c->stack};
    if (c->access == LC_ACCESS_EXECUTE && c->address == c->pc)
        LINE(p, " Jump to the invalid address 0x%lX", (unsigned long)c->pc);
    struct lc_text_style style = *p->style;
    if (is_overflow(c) && !style.verbose && (!style.num_callers || style.num_callers > OVERFLOW_CALLERS))
        style.num_callers = OVERFLOW_CALLERS;
    if (c->stack != LC_NONE)
        lc_text_stack(p->out, p->prefix, p->f, &stack, p->namer, &style);
}

static void put_thread(const struct page *p)
{
    const struct lc_crash *c = &p->f->crash;
    lc_out_fmt(p->out, "%s In thread %d", p->prefix, c->tid);
    put_escaped(p, " (", c->thread, ")\n");
}

static void begin(const struct page *p, const struct lc_place *place)
{
    lc_out_fmt(p->out, "%s Address 0x%lX ", p->prefix, (unsigned long)place->value);
}

static void put_unmapped(const struct page *p, const struct lc_place *place)
{
    begin(p, place);
    lc_out_str(p->out, "is not mapped\n");
    if (*place->name) {
        lc_out_fmt(p->out, "%s   %'lu bytes below it: ", p->prefix, (unsigned long)place->gap_below);
        put_escaped(p, "", place->name, "\n");
    }
    if (*place->above) {
        lc_out_fmt(p->out, "%s   %'lu bytes above it: ", p->prefix, (unsigned long)place->gap_above);
        put_escaped(p, "", place->above, "\n");
    }
}

static const char *access_word(enum lc_access access)
{
    switch (access) {
    case LC_ACCESS_READ:
        return "it was read";
    case LC_ACCESS_WRITE:
        return "it was written to";
    case LC_ACCESS_EXECUTE:
        return "it was jumped to";
    case LC_ACCESS_UNKNOWN:
        break;
    }
    return "it was accessed";
}

static void put_region(const struct page *p, const struct lc_place *place)
{
    begin(p, place);
    lc_out_fmt(p->out, "is %'lu bytes inside ", (unsigned long)place->offset);
    put_escaped(p, "", place->name, "");
    lc_out_fmt(p->out, ", which is %.3s: %s\n", place->permissions, access_word(p->f->crash.access));
}

static void put_past_file(const struct page *p, const struct lc_place *place)
{
    begin(p, place);
    lc_out_str(p->out, "is mapped from a file, ");
    if (place->offset == LC_PLACE_UNKNOWN)
        lc_out_str(p->out, "whose end is not known: ");
    else
        lc_out_fmt(p->out, "%'lu bytes past its end at %'lu: ", (unsigned long)place->offset, (unsigned long)place->size);
    put_escaped(p, "", place->name, "\n");
}

/* Valgrind's words, again. */
static void put_block(const struct page *p, const struct lc_place *place)
{
    const char *where = place->kind == LC_PLACE_BEFORE_BLOCK ? "before" : place->kind == LC_PLACE_PAST_BLOCK ? "after" : "inside";
    begin(p, place);
    lc_out_fmt(p->out, "is %'lu bytes %s a block of size %'lu %s\n", (unsigned long)place->offset, where, (unsigned long)place->size,
               place->kind == LC_PLACE_FREED ? "free'd, which was alloc'd" : "alloc'd");
    lc_text_stack(p->out, p->prefix, p->f, &place->site, p->namer, p->style);
}

static void put_address(const struct page *p, const struct lc_place *place)
{
    switch (place->kind) {
    case LC_PLACE_NULL:
        begin(p, place);
        lc_out_fmt(p->out, "is %'lu bytes behind a null pointer\n", (unsigned long)place->offset);
        break;
    case LC_PLACE_UNMAPPED:
        put_unmapped(p, place);
        break;
    case LC_PLACE_OVERFLOW:
        begin(p, place);
        lc_out_fmt(p->out, "is %'lu bytes below the ", (unsigned long)place->offset);
        put_escaped(p, "", place->name, ": stack overflow\n");
        break;
    case LC_PLACE_REGION:
        put_region(p, place);
        break;
    case LC_PLACE_PAST_FILE:
        put_past_file(p, place);
        break;
    default:
        put_block(p, place);
        break;
    }
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_in_module(const struct page *p, const struct lc_place *place)
{
    uint64_t offset = 0;
    if (place->site.stack != LC_NONE) {
        lc_text_frame(p->out, p->f, place->site.stack, p->namer, true);
        return;
    }
    const struct lc_module *m = lc_text_module_at(p->f, place->value);
    const char *name = m && p->namer && p->namer->locate_data ? p->namer->locate_data(p->namer, m, place->value, &offset) : NULL;
    if (name) {
        put_escaped(p, "global `", name, "`");
        if (offset)
            lc_out_fmt(p->out, "+0x%lx", (unsigned long)offset);
        lc_out_str(p->out, " in ");
    } else {
        lc_out_fmt(p->out, "0x%lx in ", (unsigned long)place->offset);
    }
    lc_escape_text(p->out, base_name(place->name));
}

static void put_register(const struct page *p, const struct lc_place *place)
{
    const char *word = place->kind == LC_PLACE_BEFORE_BLOCK ? "before" : place->kind == LC_PLACE_PAST_BLOCK ? "after" : "inside";
    lc_out_fmt(p->out, "%s ", p->prefix);
    put_escaped(p, "", place->of, place->of[0] && place->of[1] && place->of[2] ? "" : " ");
    lc_out_fmt(p->out, " = 0x%lX: ", (unsigned long)place->value);
    if (place->kind == LC_PLACE_NON_CANONICAL) {
        lc_out_str(p->out, "no address (non-canonical)");
    } else if (place->kind == LC_PLACE_MODULE) {
        put_in_module(p, place);
    } else {
        lc_out_fmt(p->out, "%'lu bytes %s a block of size %'lu%s", (unsigned long)place->offset, word, (unsigned long)place->size,
                   place->kind == LC_PLACE_FREED ? " free'd" : "");
        if (place->site.stack != LC_NONE) {
            lc_out_str(p->out, ", alloc'd by ");
            lc_text_frame(p->out, p->f, place->site.stack, p->namer, true);
        }
    }
    lc_out_char(p->out, '\n');
}

void lc_text_crash(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer,
                   const struct lc_text_style *style)
{
    const struct page page = {out, prefix, f, namer, style};
    const struct lc_process *process = &f->process;
    const char *name = sigabbrev_np(process->end_value);
    if (process->end_kind != LC_END_SIGNAL || (style->quiet && !lc_crash_is_error(&f->crash)))
        return;
    if (name)
        LINE(&page, "Process terminating with default action of signal %d (SIG%s)", process->end_value, name);
    else
        LINE(&page, "Process terminating with default action of signal %d (SIGRTMIN+%d)", process->end_value,
             process->end_value - SIGRTMIN);
    if (f->crash.is_known) {
        put_cause(&page);
        put_stack(&page);
        put_thread(&page);
    }
    for (size_t i = 0; i < f->crash.place_count; i++) {
        const struct lc_place *place = &f->crash.places[i];
        if (strcmp(place->of, "address") == 0)
            put_address(&page, place);
        else
            put_register(&page, place);
    }
    LINE(&page, "%s", "");
}
