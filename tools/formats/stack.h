/* Stacks as formats have them. */
#ifndef LC_TOOLS_FORMATS_STACK_H
#define LC_TOOLS_FORMATS_STACK_H

#include "calls.h"
#include "formats/format.h"
#include "formats/markup.h"

#define LC_STACK_NAME_SIZE 512 /* of a function and of a file, where people look at them; with the NUL */

struct lc_stack {
    const struct lc_call *at; /* innermost first, the allocation function; up to main, all of them with -v */
    size_t count;             /* at most --num-callers */
    bool is_cut;              /* there were more */
    const struct lc_call *place; /* where it is shown in sources: as it is told in the sentence, if its file is known,
                                  * else the next one out whose is; or NULL */
};

/* The stack of `site`, in memory that the next call uses again. */
struct lc_stack lc_stack_of(const struct lc_report *r, const struct lc_site *site);
/* The same of other findings than the report's: those of one process. */
struct lc_stack lc_stack_in(const struct lc_report *r, const struct lc_findings *f, const struct lc_site *site);

/* How many calls, from the `first` on, are at one address: inlined ones, and the one that they are inlined into. */
size_t lc_stack_inlined(const struct lc_stack *s, size_t first);

/* What the function of a call is called: itself; "lib.so+0x12" into `buf` where only that is known; or "???". Whole. */
const char *lc_stack_function(const struct lc_call *call, char *buf, size_t size);

/* "function (file:line)" or "function (in module)", long names shortened; and the whole stack, a line a call. */
void lc_stack_put_call(struct lc_out *out, lc_markup markup, const struct lc_call *call);
/* "0xADDRESS: " and that, as DHAT and massif have it; in `buf`. */
#define LC_STACK_PLACE_SIZE (4 * LC_STACK_NAME_SIZE)
const char *lc_stack_place(char buf[LC_STACK_PLACE_SIZE], const struct lc_call *call);
void lc_stack_put(struct lc_out *out, lc_markup markup, const struct lc_stack *stack);

#endif
