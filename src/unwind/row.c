#include "unwind/row.h"

/* Call frame instructions (DWARF 5, 7.24). The first three have their operand in the low six bits. */
enum {
    CFA_ADVANCE_LOC = 0x40,
    CFA_OFFSET = 0x80,
    CFA_RESTORE = 0xc0,
    CFA_NOP = 0x00,
    CFA_ADVANCE_LOC1 = 0x02,
    CFA_ADVANCE_LOC2 = 0x03,
    CFA_ADVANCE_LOC4 = 0x04,
    CFA_OFFSET_EXTENDED = 0x05,
    CFA_RESTORE_EXTENDED = 0x06,
    CFA_UNDEFINED = 0x07,
    CFA_SAME_VALUE = 0x08,
    CFA_REGISTER = 0x09,
    CFA_REMEMBER_STATE = 0x0a,
    CFA_RESTORE_STATE = 0x0b,
    CFA_DEF_CFA = 0x0c,
    CFA_DEF_CFA_REGISTER = 0x0d,
    CFA_DEF_CFA_OFFSET = 0x0e,
    CFA_DEF_CFA_EXPRESSION = 0x0f,
    CFA_EXPRESSION = 0x10,
    CFA_OFFSET_EXTENDED_SF = 0x11,
    CFA_DEF_CFA_SF = 0x12,
    CFA_DEF_CFA_OFFSET_SF = 0x13,
    CFA_VAL_OFFSET = 0x14,
    CFA_VAL_OFFSET_SF = 0x15,
    CFA_VAL_EXPRESSION = 0x16,
    CFA_GNU_ARGS_SIZE = 0x2e,
    CFA_GNU_NEGATIVE_OFFSET = 0x2f,
};

struct run {
    const struct lc_fde *fde;
    struct lc_row_work *work;
    struct lc_bytes code;
    uintptr_t location; /* the instruction from which on the row holds */
    unsigned remembered;
};

/* Vector registers have numbers too, and nobody asks for them: they share one row that is thrown away. */
static struct lc_where *where(struct run *r, uint64_t reg, struct lc_where *unwanted)
{
    return reg < LC_REGISTERS ? &r->work->row.reg[reg] : unwanted;
}

static struct lc_where in_memory(enum lc_how how, int64_t offset)
{
    return (struct lc_where){.how = how, .offset = offset};
}

static struct lc_where by_expression(struct run *r, enum lc_how how)
{
    const uint64_t len = lc_bytes_uleb(&r->code);
    const uint8_t *expression = lc_bytes_take(&r->code, len);
    return (struct lc_where){.how = how, .expression_len = (uint32_t)len, .expression = expression};
}

static void restore(struct run *r, uint64_t reg)
{
    if (reg < LC_REGISTERS)
        r->work->row.reg[reg] = r->work->initial.reg[reg];
}

static void define_cfa(struct run *r, uint64_t reg, int64_t offset)
{
    r->work->row.cfa = (struct lc_where){.how = LC_HOW_REGISTER, .reg = reg};
    r->work->row.cfa_offset = offset;
}

/* How far the location moves; 0 for an instruction that does not move it. */
static bool advances(struct run *r, unsigned op, uint64_t *by)
{
    if ((op & 0xc0) == CFA_ADVANCE_LOC)
        *by = op & 0x3f;
    else if (op == CFA_ADVANCE_LOC1)
        *by = lc_bytes_fixed(&r->code, 1);
    else if (op == CFA_ADVANCE_LOC2)
        *by = lc_bytes_fixed(&r->code, 2);
    else if (op == CFA_ADVANCE_LOC4)
        *by = lc_bytes_fixed(&r->code, 4);
    else
        return false;
    return true;
}

static bool remember(struct run *r)
{
    if (r->remembered == LC_ROWS_REMEMBERED)
        return false;
    r->work->remembered[r->remembered++] = r->work->row;
    return true;
}

static bool recall(struct run *r)
{
    if (!r->remembered)
        return false;
    r->work->row = r->work->remembered[--r->remembered];
    return true;
}

/* Instructions about one register other than the CFA. */
static bool run_register(struct run *r, unsigned op, struct lc_where *w)
{
    const int64_t align = r->fde->data_align;
    switch (op) {
    case CFA_OFFSET_EXTENDED:
        *w = in_memory(LC_HOW_AT_CFA, (int64_t)lc_bytes_uleb(&r->code) * align);
        return true;
    case CFA_OFFSET_EXTENDED_SF:
        *w = in_memory(LC_HOW_AT_CFA, lc_bytes_sleb(&r->code) * align);
        return true;
    case CFA_GNU_NEGATIVE_OFFSET:
        *w = in_memory(LC_HOW_AT_CFA, -(int64_t)lc_bytes_uleb(&r->code) * align);
        return true;
    case CFA_VAL_OFFSET:
        *w = in_memory(LC_HOW_CFA, (int64_t)lc_bytes_uleb(&r->code) * align);
        return true;
    case CFA_VAL_OFFSET_SF:
        *w = in_memory(LC_HOW_CFA, lc_bytes_sleb(&r->code) * align);
        return true;
    case CFA_UNDEFINED:
        *w = (struct lc_where){.how = LC_HOW_UNDEFINED};
        return true;
    case CFA_SAME_VALUE:
        *w = (struct lc_where){.how = LC_HOW_SAME};
        return true;
    case CFA_REGISTER:
        *w = (struct lc_where){.how = LC_HOW_REGISTER, .reg = lc_bytes_uleb(&r->code)};
        return true;
    case CFA_EXPRESSION:
        *w = by_expression(r, LC_HOW_AT);
        return true;
    case CFA_VAL_EXPRESSION:
        *w = by_expression(r, LC_HOW_IS);
        return true;
    default:
        return false;
    }
}

static bool run_one(struct run *r, unsigned op)
{
    struct lc_where unwanted;
    switch (op) {
    case CFA_NOP:
        return true;
    case CFA_REMEMBER_STATE:
        return remember(r);
    case CFA_RESTORE_STATE:
        return recall(r);
    case CFA_RESTORE_EXTENDED:
        restore(r, lc_bytes_uleb(&r->code));
        return true;
    case CFA_DEF_CFA: {
        const uint64_t reg = lc_bytes_uleb(&r->code);
        define_cfa(r, reg, (int64_t)lc_bytes_uleb(&r->code));
        return true;
    }
    case CFA_DEF_CFA_SF: {
        const uint64_t reg = lc_bytes_uleb(&r->code);
        define_cfa(r, reg, lc_bytes_sleb(&r->code) * r->fde->data_align);
        return true;
    }
    case CFA_DEF_CFA_REGISTER:
        define_cfa(r, lc_bytes_uleb(&r->code), r->work->row.cfa_offset);
        return true;
    case CFA_DEF_CFA_OFFSET:
        r->work->row.cfa_offset = (int64_t)lc_bytes_uleb(&r->code);
        return true;
    case CFA_DEF_CFA_OFFSET_SF:
        r->work->row.cfa_offset = lc_bytes_sleb(&r->code) * r->fde->data_align;
        return true;
    case CFA_DEF_CFA_EXPRESSION:
        r->work->row.cfa = by_expression(r, LC_HOW_IS);
        return true;
    case CFA_GNU_ARGS_SIZE:
        lc_bytes_uleb(&r->code);
        return true;
    default:
        return run_register(r, op, where(r, lc_bytes_uleb(&r->code), &unwanted));
    }
}

/* Runs `code` until it would pass `address`. */
static bool run(struct run *r, struct lc_bytes code, uintptr_t address)
{
    r->code = code;
    while (lc_bytes_left(&r->code)) {
        const unsigned op = (unsigned)lc_bytes_fixed(&r->code, 1);
        struct lc_where unwanted;
        uint64_t by;
        if (advances(r, op, &by)) {
            r->location += by * r->fde->code_align;
            if (r->location > address)
                break;
        } else if ((op & 0xc0) == CFA_OFFSET) {
            const int64_t offset = (int64_t)lc_bytes_uleb(&r->code) * r->fde->data_align;
            *where(r, op & 0x3f, &unwanted) = in_memory(LC_HOW_AT_CFA, offset);
        } else if ((op & 0xc0) == CFA_RESTORE) {
            restore(r, op & 0x3f);
        } else if (!run_one(r, op)) {
            return false;
        }
    }
    return !r->code.bad;
}

bool lc_row_find(const struct lc_fde *fde, uintptr_t address, struct lc_row_work *work)
{
    struct run r = {.fde = fde, .work = work, .location = fde->code.start};
    work->row = (struct lc_row){.cfa = {.how = LC_HOW_UNDEFINED}};
    if (!run(&r, fde->initial, address))
        return false;
    work->initial = work->row;
    return run(&r, fde->program, address);
}
