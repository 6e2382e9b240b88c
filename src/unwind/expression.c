#include "unwind/expression.h"

/* Operations (DWARF 5, 7.7.1). */
enum {
    OP_ADDR = 0x03,
    OP_DEREF = 0x06,
    OP_CONST1U = 0x08,
    OP_CONST1S = 0x09,
    OP_CONST2U = 0x0a,
    OP_CONST2S = 0x0b,
    OP_CONST4U = 0x0c,
    OP_CONST4S = 0x0d,
    OP_CONST8U = 0x0e,
    OP_CONST8S = 0x0f,
    OP_CONSTU = 0x10,
    OP_CONSTS = 0x11,
    OP_DUP = 0x12,
    OP_DROP = 0x13,
    OP_OVER = 0x14,
    OP_SWAP = 0x16,
    OP_AND = 0x1a,
    OP_MINUS = 0x1c,
    OP_MUL = 0x1e,
    OP_NEG = 0x1f,
    OP_NOT = 0x20,
    OP_OR = 0x21,
    OP_PLUS = 0x22,
    OP_PLUS_UCONST = 0x23,
    OP_SHL = 0x24,
    OP_SHR = 0x25,
    OP_SHRA = 0x26,
    OP_XOR = 0x27,
    OP_BRA = 0x28,
    OP_EQ = 0x29,
    OP_GE = 0x2a,
    OP_GT = 0x2b,
    OP_LE = 0x2c,
    OP_LT = 0x2d,
    OP_NE = 0x2e,
    OP_SKIP = 0x2f,
    OP_LIT0 = 0x30,
    OP_LIT31 = 0x4f,
    OP_BREG0 = 0x70,
    OP_BREG31 = 0x8f,
    OP_BREGX = 0x92,
    OP_NOP = 0x96,
};

enum { STACK_MAX = 16, STEPS_MAX = 1000 /* a loop that never ends is not trusted */ };

struct machine {
    struct lc_bytes code;
    const uint8_t *start;
    const struct lc_registers *registers;
    struct lc_readable *readable;
    bool failed;
    unsigned depth;
    uint64_t stack[STACK_MAX];
};

static void push(struct machine *m, uint64_t value)
{
    if (m->depth == STACK_MAX)
        m->failed = true;
    else
        m->stack[m->depth++] = value;
}

static uint64_t pop(struct machine *m)
{
    if (m->depth)
        return m->stack[--m->depth];
    m->failed = true;
    return 0;
}

static void push_register(struct machine *m, uint64_t number)
{
    uintptr_t value = 0;
    const int64_t offset = lc_bytes_sleb(&m->code);
    if (!lc_registers_get(m->registers, number, &value))
        m->failed = true;
    push(m, value + (uint64_t)offset);
}

static void dereference(struct machine *m)
{
    uintptr_t value = 0;
    if (!lc_readable_word(m->readable, pop(m), &value))
        m->failed = true;
    push(m, value);
}

static void jump(struct machine *m, bool taken)
{
    const int64_t by = lc_bytes_signed(&m->code, 2);
    if (!taken)
        return;
    if (by < m->start - m->code.at || by > m->code.end - m->code.at)
        m->failed = true;
    else
        m->code.at += by;
}

/* Operations of two operands: `a` was pushed before `b`. */
static bool binary(unsigned op, uint64_t a, uint64_t b, uint64_t *out)
{
    switch (op) {
    case OP_AND:
        *out = a & b;
        return true;
    case OP_MINUS:
        *out = a - b;
        return true;
    case OP_MUL:
        *out = a * b;
        return true;
    case OP_OR:
        *out = a | b;
        return true;
    case OP_PLUS:
        *out = a + b;
        return true;
    case OP_SHL:
        *out = b < 64 ? a << b : 0;
        return true;
    case OP_SHR:
        *out = b < 64 ? a >> b : 0;
        return true;
    case OP_SHRA:
        *out = (uint64_t)((int64_t)a >> (b < 64 ? b : 63));
        return true;
    case OP_XOR:
        *out = a ^ b;
        return true;
    case OP_EQ:
        *out = a == b;
        return true;
    case OP_GE:
        *out = (int64_t)a >= (int64_t)b;
        return true;
    case OP_GT:
        *out = (int64_t)a > (int64_t)b;
        return true;
    case OP_LE:
        *out = (int64_t)a <= (int64_t)b;
        return true;
    case OP_LT:
        *out = (int64_t)a < (int64_t)b;
        return true;
    case OP_NE:
        *out = a != b;
        return true;
    default:
        return false;
    }
}

/* Operations that push a constant. */
static bool constant(struct lc_bytes *code, unsigned op, uint64_t *out)
{
    switch (op) {
    case OP_ADDR:
    case OP_CONST8U:
    case OP_CONST8S:
        *out = lc_bytes_fixed(code, 8);
        return true;
    case OP_CONST1U:
        *out = lc_bytes_fixed(code, 1);
        return true;
    case OP_CONST1S:
        *out = (uint64_t)lc_bytes_signed(code, 1);
        return true;
    case OP_CONST2U:
        *out = lc_bytes_fixed(code, 2);
        return true;
    case OP_CONST2S:
        *out = (uint64_t)lc_bytes_signed(code, 2);
        return true;
    case OP_CONST4U:
        *out = lc_bytes_fixed(code, 4);
        return true;
    case OP_CONST4S:
        *out = (uint64_t)lc_bytes_signed(code, 4);
        return true;
    case OP_CONSTU:
        *out = lc_bytes_uleb(code);
        return true;
    case OP_CONSTS:
        *out = (uint64_t)lc_bytes_sleb(code);
        return true;
    default:
        *out = op - OP_LIT0;
        return op >= OP_LIT0 && op <= OP_LIT31;
    }
}

static void shuffle(struct machine *m, unsigned op)
{
    const uint64_t top = pop(m);
    switch (op) {
    case OP_DROP:
        break;
    case OP_DUP:
        push(m, top);
        push(m, top);
        break;
    case OP_SWAP: {
        const uint64_t below = pop(m);
        push(m, top);
        push(m, below);
        break;
    }
    case OP_OVER: {
        const uint64_t below = pop(m);
        push(m, below);
        push(m, top);
        push(m, below);
        break;
    }
    }
}

static void other(struct machine *m, unsigned op)
{
    uint64_t value = 0;
    switch (op) {
    case OP_NOP:
        break;
    case OP_DEREF:
        dereference(m);
        break;
    case OP_DUP:
    case OP_DROP:
    case OP_OVER:
    case OP_SWAP:
        shuffle(m, op);
        break;
    case OP_NEG:
        push(m, -pop(m));
        break;
    case OP_NOT:
        push(m, ~pop(m));
        break;
    case OP_PLUS_UCONST:
        value = pop(m);
        push(m, value + lc_bytes_uleb(&m->code));
        break;
    case OP_SKIP:
        jump(m, true);
        break;
    case OP_BRA:
        jump(m, pop(m) != 0);
        break;
    case OP_BREGX:
        push_register(m, lc_bytes_uleb(&m->code));
        break;
    default: {
        const uint64_t b = pop(m), a = pop(m);
        if (!binary(op, a, b, &value))
            m->failed = true;
        push(m, value);
    }
    }
}

bool lc_expression_value(const uint8_t *code, uint32_t len, const struct lc_registers *registers,
                         const uintptr_t *cfa, struct lc_readable *readable, uintptr_t *out)
{
    struct machine m = {
        .code = {code, code + len, false}, .start = code, .registers = registers, .readable = readable};
    if (cfa)
        push(&m, *cfa);
    for (unsigned steps = 0; lc_bytes_left(&m.code) && !m.failed; steps++) {
        const unsigned op = (unsigned)lc_bytes_fixed(&m.code, 1);
        uint64_t value;
        if (steps == STEPS_MAX)
            return false;
        if (constant(&m.code, op, &value))
            push(&m, value);
        else if (op >= OP_BREG0 && op <= OP_BREG31)
            push_register(&m, op - OP_BREG0);
        else
            other(&m, op);
    }
    *out = pop(&m);
    return !m.failed && !m.code.bad;
}
