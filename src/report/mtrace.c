/* To the letter of the "Memory not freed" table of mtrace(1), glibc 2.36, so that what reads one reads the
 * other; a size of 0 comes without its 0x there, too. */
#include "report/mtrace.h"

#include "base/sort.h"
#include "report/escape.h"

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
    lc_escape_text(out, at.file);
    lc_out_fmt(out, ":%u", at.line);
}

static void put_bad_frees(struct lc_out *out, const struct lc_findings *f, struct lc_namer *namer)
{
    for (size_t i = 0; i < f->error_count; i++) {
        const struct lc_error *e = &f->errors[i];
        if (e->kind == LC_ERROR_MISMATCHED_FREE)
            continue;
        lc_out_fmt(out, "- 0x%016lx Free %zu was never alloc'd ", (unsigned long)e->address, i + 1);
        put_caller(out, f, e->site.stack, namer);
        lc_out_char(out, '\n');
    }
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

void lc_mtrace_report(struct lc_out *out, struct lc_findings *f, struct lc_namer *namer)
{
    put_bad_frees(out, f, namer);
    if (f->block_count == 0) {
        lc_out_str(out, "No memory leaks.\n");
        return;
    }
    lc_sort(f->blocks, f->block_count, sizeof *f->blocks, compare_blocks);
    lc_out_str(out, "\nMemory not freed:\n-----------------\n           Address     Size     Caller\n");
    for (size_t i = 0; i < f->block_count; i++)
        put_block(out, f, &f->blocks[i], namer);
}
