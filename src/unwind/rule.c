#include "unwind/rule.h"

#include "unwind/expression.h"

static const struct lc_rule hard = {.kind = LC_RULE_HARD};

/* PLT entries have one expression for all of their code: a distance from rsp that depends on rip. Here rip is
 * known, so it is evaluated for two stack pointers: what is a distance for both is one. Neither can be read
 * at, so an expression that reads the stack fails. */
static bool is_distance_from_sp(struct lc_walker *w, const struct lc_frame *f, int64_t *distance)
{
    static const uintptr_t sps[2] = {8, 16};
    const struct lc_where *cfa = &w->work.row.cfa;
    struct lc_readable nothing = {0};
    int64_t at[2];
    w->caller.known = 0;
    lc_registers_set(&w->caller, LC_RIP, f->pc);
    for (unsigned i = 0; i < 2; i++) {
        uintptr_t value;
        lc_registers_set(&w->caller, LC_RSP, sps[i]);
        if (!lc_expression_value(cfa->expression, cfa->expression_len, &w->caller, NULL, &nothing, &value))
            return false;
        at[i] = (int64_t)(value - sps[i]);
    }
    *distance = at[0];
    return at[0] == at[1];
}

static struct lc_rule from_row(struct lc_walker *w, const struct lc_frame *f)
{
    const struct lc_row *row = &w->work.row;
    const struct lc_where *pc = &row->reg[LC_RIP], *fp = &row->reg[LC_RBP];
    int64_t cfa_at = row->cfa_offset;
    struct lc_rule rule = {.kind = LC_RULE_SP};

    if (pc->how == LC_HOW_UNDEFINED)
        return (struct lc_rule){.kind = LC_RULE_END};
    if (pc->how != LC_HOW_AT_CFA || pc->offset != -8 || row->reg[LC_RSP].how != LC_HOW_SAME)
        return hard;
    if (fp->how == LC_HOW_AT_CFA && fp->offset == (int16_t)fp->offset && fp->offset)
        rule.fp_at = (int16_t)fp->offset;
    else if (fp->how != LC_HOW_SAME)
        return hard;
    if (row->cfa.how == LC_HOW_REGISTER && row->cfa.reg == LC_RBP)
        rule.kind = LC_RULE_FP;
    else if (row->cfa.how == LC_HOW_IS ? !is_distance_from_sp(w, f, &cfa_at) : row->cfa.reg != LC_RSP)
        return hard;
    rule.cfa_at = (int32_t)cfa_at;
    return rule.cfa_at == cfa_at ? rule : hard;
}

struct lc_rule lc_rule_decode(struct lc_walker *w, const struct lc_frame *f)
{
    const uintptr_t at = lc_frame_at(f);
    if (!lc_fde_find(at, &w->fde) || w->fde.is_signal_frame || w->fde.return_column != LC_RIP ||
        !lc_row_find(&w->fde, at, &w->work))
        return hard;
    return from_row(w, f);
}
