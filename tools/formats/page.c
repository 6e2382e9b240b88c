#include "formats/page.h"

#include "formats/finding.h"
#include "formats/profile.h"
#include "formats/stack.h"
#include "mem.h"

#include <stdlib.h>

#define RESERVE ((size_t)512) /* for what is said of the rest */
#define STACKS_MAX 10
#define COMMAND_SIZE 4096

static void put_verdict(struct lc_out *out, const struct lc_report *r)
{
    char text[512];
    struct lc_out line;
    lc_out_init(&line, -1, text, sizeof text - 1);
    lc_verdict_put(&line, r->verdict);
    text[line.len] = '\0';
    lc_out_fmt(out, "### %s leakcheck: ", r->verdict->fails ? "\xe2\x9d\x8c" : "\xe2\x9c\x85");
    lc_markup_put(out, lc_markup_markdown, text);
    lc_out_str(out, "\n\n");
}

static void put_command(struct lc_out *out, const struct lc_report *r)
{
    char command[COMMAND_SIZE], shown[LC_STACK_NAME_SIZE];
    lc_out_str(out, "<code>");
    lc_markup_put(out, lc_markup_markdown, lc_markup_short(shown, sizeof shown, lc_profile_command(r, command, sizeof command)));
    lc_out_str(out, "</code>\n\n");
}

static void put_row(struct lc_out *out, const struct lc_report *r, const struct lc_finding *f)
{
    struct lc_stack s = lc_stack_of(r, f->site);
    lc_out_fmt(out, "| %s | ", f->rule->title);
    if (f->leak)
        lc_out_fmt(out, "%'lu | %'lu", (unsigned long)f->leak->bytes, (unsigned long)f->leak->blocks);
    else
        lc_out_fmt(out, "| %'lu", (unsigned long)f->error->count);
    lc_out_str(out, " | <code>");
    if (s.place)
        lc_stack_put_call(out, lc_markup_markdown, s.place);
    else
        lc_out_str(out, "???");
    lc_out_fmt(out, "</code> | `%s` |\n", f->judgement->fingerprint);
}

static void put_stack(struct lc_out *out, const struct lc_report *r, const struct lc_finding *f)
{
    struct lc_stack s = lc_stack_of(r, f->site);
    lc_out_str(out, "\n<details><summary>");
    lc_markup_put(out, lc_markup_markdown, f->judgement->sentence);
    lc_out_str(out, "</summary>\n\n<pre>\n");
    lc_stack_put(out, lc_markup_markdown, &s);
    lc_out_str(out, "</pre>\n</details>\n");
}

/* Whether what `put` writes of `f` still leaves the reserve; if not, it is taken back. */
static bool fits(struct lc_out *out, const struct lc_report *r, const struct lc_finding *f,
                 void (*put)(struct lc_out *, const struct lc_report *, const struct lc_finding *))
{
    size_t before = out->len;
    put(out, r, f);
    if (out->len + RESERVE <= out->cap)
        return true;
    out->len = before;
    return false;
}

char *lc_page_make(const struct lc_report *r, size_t max, size_t *len)
{
    struct lc_out out;
    size_t count, rows = 0;
    struct lc_finding *list = lc_findings_shown(r, &count);
    lc_out_init(&out, -1, lc_mem_alloc(max, 1), max);
    put_verdict(&out, r);
    put_command(&out, r);
    if (count)
        lc_out_str(&out, "| what | bytes | blocks | where | fingerprint |\n|---|--:|--:|---|---|\n");
    while (rows < count && fits(&out, r, &list[rows], put_row))
        rows++;
    if (rows < count)
        lc_out_fmt(&out, "\n%'zu more are not shown here.\n", count - rows);
    for (size_t i = 0; i < count && i < STACKS_MAX && rows == count; i++)
        if (!fits(&out, r, &list[i], put_stack))
            break;
    free(list);
    *len = out.len;
    return out.buf;
}
