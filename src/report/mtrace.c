/* To the letter of the "Memory not freed" table of mtrace(1), glibc 2.36, so that what reads one reads the
 * other; a size of 0 comes without its 0x there, too. The line above it says whose blocks these are: mtrace has no
 * word for more than one process. */
#include "report/mtrace.h"

#include "base/sort.h"
#include "report/escape.h"
#include "report/text.h"

static int compare_blocks(const void *va, const void *vb)
{
    const struct lc_block *a = va, *b = vb;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* file:line of the caller, else its address. */
static void put_caller(struct lc_out *out, const struct lc_findings *f, uint32_t stack,
                       struct lc_namer *namer)
{
    struct lc_location at;
    if (stack == LC_NONE)
        return;
    namer->locate(namer, f, stack, &at, 1);
    if (!at.file || !at.line) {
        lc_out_fmt(out, "0x%lx", (unsigned long)f->frames[stack].address);
        return;
    }
    lc_escape_text(out, at.path ? at.path : at.file);
    lc_out_fmt(out, ":%u", at.line);
}

static void put_whom(struct lc_out *out, const struct lc_findings *f, const struct lc_site *site,
                     struct lc_namer *namer)
{
    lc_escape_text(out, site->function);
    lc_out_str(out, " at ");
    if (site->stack == LC_NONE)
        lc_out_str(out, "???");
    put_caller(out, f, site->stack, namer);
}

/* mtrace's words for what was never a block; it has none for what else can be wrong with a free. */
static void put_error(struct lc_out *out, const struct lc_findings *f, size_t index, struct lc_namer *namer)
{
    const struct lc_error *e = &f->errors[index];
    lc_out_fmt(out, "- 0x%016lx Free %zu ", (unsigned long)e->address, index + 1);
    if (e->kind == LC_ERROR_INVALID_FREE) {
        lc_out_str(out, "was never alloc'd ");
        put_caller(out, f, e->site.stack, namer);
    } else {
        lc_out_str(out, "by ");
        put_whom(out, f, &e->site, namer);
        lc_out_str(out, e->kind == LC_ERROR_DOUBLE_FREE ? " was free'd before" : " is mismatched");
        if (*e->origin.function) {
            lc_out_str(out, ", alloc'd by ");
            put_whom(out, f, &e->origin, namer);
        }
    }
    if (e->count > 1)
        lc_out_fmt(out, " (%lu times)", (unsigned long)e->count);
    lc_out_char(out, '\n');
}

static void put_block(struct lc_out *out, const struct lc_findings *f, const struct lc_block *b,
                      struct lc_namer *namer)
{
    char size[24];
    lc_format(size, sizeof size, b->size ? "0x%lx" : "%lu", (unsigned long)b->size);
    lc_out_fmt(out, "0x%016lx %8s  at ", (unsigned long)b->address, size);
    put_caller(out, f, b->site.stack, namer);
    lc_out_char(out, '\n');
}

static void put_blocks(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer)
{
    lc_sort(f->blocks, f->block_count, sizeof *f->blocks, compare_blocks);
    lc_out_str(out, "\nMemory not freed:\n-----------------\n           Address     Size     Caller\n");
    for (size_t i = 0; i < f->block_count; i++)
        put_block(out, f, &f->blocks[i], namer);
}

void lc_mtrace_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer)
{
    lc_out_fmt(out, "Process %d:", f->process.pid);
    lc_text_command(out, &f->process);
    lc_out_char(out, '\n');
    lc_text_notes(out, "", f);
    for (size_t i = 0; i < f->error_count; i++)
        put_error(out, f, i, namer);
    if (f->block_count)
        put_blocks(out, f, namer);
    else if (lc_findings_are_clean(f) && !lc_findings_are_blind(f))
        lc_out_str(out, "No memory leaks.\n");
}
