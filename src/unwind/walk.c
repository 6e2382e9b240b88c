#include "unwind/walk.h"

#include "unwind/expression.h"
#include "unwind/guess.h"

static bool evaluate(struct lc_walker *w, const struct lc_where *where, const uintptr_t *cfa, uintptr_t *out)
{
    return lc_expression_value(where->expression, where->expression_len, &w->registers, cfa, &w->readable,
                               out);
}

static bool find_cfa(struct lc_walker *w, uintptr_t *cfa)
{
    const struct lc_where *where = &w->work.row.cfa;
    if (where->how == LC_HOW_IS)
        return evaluate(w, where, NULL, cfa);
    if (where->how != LC_HOW_REGISTER || !lc_registers_get(&w->registers, where->reg, cfa))
        return false;
    *cfa += (uintptr_t)w->work.row.cfa_offset;
    return true;
}

/* Register `number` as the caller had it; false when that can't be known. */
static bool find_register(struct lc_walker *w, unsigned number, uintptr_t cfa, uintptr_t *out)
{
    const struct lc_where *where = &w->work.row.reg[number];
    uintptr_t address;
    switch (where->how) {
    case LC_HOW_SAME:
        if (number != LC_RSP)
            return lc_registers_get(&w->registers, number, out);
        *out = cfa; /* by definition of the CFA on this machine */
        return true;
    case LC_HOW_UNDEFINED:
        return false;
    case LC_HOW_AT_CFA:
        return lc_readable_word(&w->readable, cfa + (uintptr_t)where->offset, out);
    case LC_HOW_CFA:
        *out = cfa + (uintptr_t)where->offset;
        return true;
    case LC_HOW_REGISTER:
        return lc_registers_get(&w->registers, where->reg, out);
    case LC_HOW_AT:
        return evaluate(w, where, &cfa, &address) && lc_readable_word(&w->readable, address, out);
    case LC_HOW_IS:
        return evaluate(w, where, &cfa, out);
    }
    return false;
}

/* The caller's registers by the row, to `w->caller`. */
static enum lc_step find_caller(struct lc_walker *w)
{
    const uint32_t needed = 1u << LC_RIP | 1u << LC_RSP;
    const enum lc_how return_address = w->work.row.reg[LC_RIP].how;
    uintptr_t cfa;
    if (return_address == LC_HOW_UNDEFINED)
        return LC_STEP_END;
    if (return_address == LC_HOW_SAME || !find_cfa(w, &cfa))
        return LC_STEP_LOST;
    w->caller.known = 0;
    for (unsigned number = 0; number < LC_REGISTERS; number++) {
        uintptr_t value;
        if (find_register(w, number, cfa, &value))
            lc_registers_set(&w->caller, number, value);
    }
    if ((w->caller.known & needed) != needed)
        return LC_STEP_LOST;
    return w->caller.value[LC_RIP] ? LC_STEP_CALLER : LC_STEP_END;
}

enum lc_step lc_walk(struct lc_walker *w, struct lc_frame *f)
{
    if (!lc_fde_find(lc_frame_at(f), &w->fde)) {
        w->registers.known = 0;
        return lc_guess(f);
    }
    if (w->fde.return_column != LC_RIP || !lc_row_find(&w->fde, lc_frame_at(f), &w->work))
        return LC_STEP_LOST;
    lc_registers_set(&w->registers, LC_RIP, f->pc);
    lc_registers_set(&w->registers, LC_RSP, f->sp);
    lc_registers_set(&w->registers, LC_RBP, f->fp);

    const enum lc_step step = find_caller(w);
    if (step == LC_STEP_LOST && w->registers.known != LC_REGISTERS_ALL)
        return LC_STEP_BLIND;
    if (step != LC_STEP_CALLER)
        return step;
    const uintptr_t *caller = w->caller.value;
    if (caller[LC_RIP] == f->pc && caller[LC_RSP] == f->sp)
        return LC_STEP_LOST; /* and would be for ever */
    w->registers = w->caller;
    const bool has_fp = w->caller.known & 1u << LC_RBP;
    *f = (struct lc_frame){caller[LC_RIP], caller[LC_RSP], has_fp ? caller[LC_RBP] : 0,
                           w->fde.is_signal_frame};
    return step;
}
