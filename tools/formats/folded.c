/* Stacks folded to lines, for flamegraph.pl, speedscope and their like: "main;mk;malloc 157", bytes. */
#include "formats/profile.h"
#include "formats/stack.h"

static bool print(const struct lc_report *r)
{
    char buf[LC_STACK_NAME_SIZE];
    size_t index = 0;
    for (const struct lc_leak *l; (l = lc_profile_next(r, lc_profile_kinds(r), &index));) {
        struct lc_stack s = lc_stack_of(r, &l->site);
        lc_out_str(r->out, s.is_cut ? "[cut];" : "");
        for (size_t i = s.count; i-- > 0;) {
            lc_markup_put(r->out, lc_markup_folded, lc_stack_function(&s.at[i], buf, sizeof buf));
            lc_out_char(r->out, i ? ';' : ' ');
        }
        lc_out_fmt(r->out, "%lu\n", (unsigned long)l->bytes);
    }
    return true;
}

const struct lc_formatter lc_formatter_folded = {.print = print};
