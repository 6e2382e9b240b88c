/* Stacks, as valgrind prints them. */
#include "report/escape.h"
#include "report/text.h"

#include <string.h>

#define INLINED_MAX 32 /* functions shown for one frame */

static void put_function(struct lc_out *out, const struct lc_location *l, const struct lc_module *module,
                         uintptr_t pc)
{
    if (l->function) {
        lc_escape_text(out, l->function);
    } else if (module) {
        const char *slash = strrchr(module->path, '/');
        lc_escape_text(out, slash ? slash + 1 : module->path);
        lc_out_fmt(out, "+0x%lx", (unsigned long)(pc - module->bias));
    } else {
        lc_out_str(out, "???");
    }
}

void lc_text_location(struct lc_out *out, const struct lc_location *l, const struct lc_module *module,
                      uintptr_t pc)
{
    put_function(out, l, module, pc);
    if (l->file) { /* line 0: code that the compiler made up */
        lc_out_str(out, " (");
        lc_escape_text(out, l->file);
        lc_out_fmt(out, ":%u)", l->line);
    } else if (module) {
        lc_out_str(out, " (in ");
        lc_escape_text(out, module->path);
        lc_out_char(out, ')');
    }
}

void lc_text_frame(struct lc_out *out, const struct lc_findings *f, uint32_t frame, struct lc_namer *namer,
                   bool is_inlined_shown)
{
    const struct lc_frame *at = &f->frames[frame];
    struct lc_location locations[INLINED_MAX];
    unsigned count = namer->locate(namer, f, frame, locations, INLINED_MAX);
    lc_text_location(out, &locations[is_inlined_shown ? 0 : count - 1],
                     at->module == LC_NONE ? NULL : &f->modules[at->module], lc_frame_pc(at));
}

/* The address is where the frame was looked up, as in valgrind, so that addr2line answers with the same line.
 */
static void put_line(struct lc_out *out, const char *prefix, const char *word, uintptr_t pc,
                     const struct lc_location *l, const struct lc_module *module)
{
    lc_out_fmt(out, "%s   %s 0x%lX: ", prefix, word, (unsigned long)pc);
    lc_text_location(out, l, module, pc);
    lc_out_char(out, '\n');
}

const struct lc_module *lc_text_module_at(const struct lc_findings *f, uintptr_t address)
{
    for (size_t i = 0; i < f->module_count; i++)
        if (!f->modules[i].is_closed && lc_range_has(f->modules[i].range, address))
            return &f->modules[i];
    return NULL;
}

/* Valgrind ends its stacks at main, and calls what is below so where main itself is not on the stack (destructors of
 * static objects). */
bool lc_text_is_end(const char **function)
{
    if (!*function)
        return false;
    bool is_below = strcmp(*function, "__libc_start_call_main") == 0 || strcmp(*function, "_start") == 0;
    if (is_below)
        *function = "(below main)";
    return is_below || strcmp(*function, "main") == 0;
}

/* A stack on its way out. */
struct stack {
    struct lc_out *out;
    const char *prefix;
    const struct lc_findings *f;
    struct lc_namer *namer;
    const struct lc_text_style *style;
    bool is_folded;  /* frames that are not of own sources are only counted, */
    unsigned hidden; /* and so many have been since the last one that was shown */
    const char *word; /* before the next frame */
};

static const struct lc_module *module_of(const struct stack *s, uint32_t index)
{
    uint32_t module = s->f->frames[index].module;
    return module == LC_NONE ? NULL : &s->f->modules[module];
}

static void put_hidden(struct stack *s)
{
    if (s->hidden)
        lc_text_line(s->out, s->prefix, "   ... (%u %s of others)", s->hidden, s->hidden == 1 ? "caller" : "callers");
    s->hidden = 0;
}

/* False when the stack ends here for those who read it. */
static bool put_frame(struct stack *s, uint32_t index)
{
    const struct lc_frame *frame = &s->f->frames[index];
    struct lc_location at[INLINED_MAX];
    unsigned count = s->namer->locate(s->namer, s->f, index, at, INLINED_MAX);
    bool ends = !s->style->verbose && lc_text_is_end(&at[count - 1].function);
    for (unsigned i = 0; i < count; i++) {
        if (s->is_folded && !at[i].is_own) {
            s->hidden++;
            continue;
        }
        put_hidden(s);
        put_line(s->out, s->prefix, s->word, lc_frame_pc(frame), &at[i], module_of(s, index));
        s->word = "by";
    }
    if (frame->is_cut && !ends)
        lc_text_line(s->out, s->prefix, "   ... (more callers: the stack was cut here)");
    return !ends;
}

/* Whether there is anything to see of it when others' frames are folded. */
static bool has_own(const struct stack *s, uint32_t i)
{
    struct lc_location at[INLINED_MAX];
    for (; i != LC_NONE; i = s->f->frames[i].outer) {
        unsigned count = s->namer->locate(s->namer, s->f, i, at, INLINED_MAX);
        for (unsigned k = 0; k < count; k++)
            if (at[k].is_own)
                return true;
        if (lc_text_is_end(&at[count - 1].function))
            break;
    }
    return false;
}

void lc_text_stack(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                   const struct lc_site *site, struct lc_namer *namer, const struct lc_text_style *style)
{
    struct stack s = {.out = out, .prefix = prefix, .f = f, .namer = namer, .style = style, .word = "at"};
    if (*site->function) {
        struct lc_location door = {.function = site->function};
        put_line(out, prefix, "at", site->address, &door, lc_text_module_at(f, site->address));
        s.word = "by";
    }
    if (site->stack == LC_NONE)
        lc_text_line(out, prefix, "   ... (its callers were not captured)");

    uint32_t i = site->stack;
    s.is_folded = !style->full_stacks && !style->verbose && has_own(&s, i);
    bool goes_on = true;
    for (unsigned shown = 1; i != LC_NONE && goes_on; shown++, i = f->frames[i].outer) {
        if (style->num_callers && shown >= style->num_callers)
            break;
        goes_on = put_frame(&s, i);
    }
    put_hidden(&s);
    unsigned rest = 0;
    for (; i != LC_NONE && goes_on; i = f->frames[i].outer)
        rest++;
    if (rest)
        lc_text_line(out, prefix, "   ... (%u more callers)", rest);
}
