#include "base/filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>

/* The machine of classic BPF (Documentation/networking/filter.rst), as far as seccomp has it. */
struct machine {
    uint32_t a, x, memory[BPF_MEMWORDS];
    struct seccomp_data data;
};

static uint32_t load(const struct machine *m, const struct sock_filter *at)
{
    uint32_t word = 0;
    switch (BPF_MODE(at->code)) {
    case BPF_ABS:
        if (at->k <= sizeof m->data - sizeof word)
            memcpy(&word, (const char *)&m->data + at->k, sizeof word);
        return word;
    case BPF_MEM:
        return at->k < BPF_MEMWORDS ? m->memory[at->k] : 0;
    case BPF_LEN:
        return sizeof m->data;
    default: /* BPF_IMM */
        return at->k;
    }
}

static uint32_t compute(uint16_t code, uint32_t a, uint32_t b)
{
    switch (BPF_OP(code)) {
    case BPF_ADD:
        return a + b;
    case BPF_SUB:
        return a - b;
    case BPF_MUL:
        return a * b;
    case BPF_DIV:
        return b ? a / b : 0;
    case BPF_OR:
        return a | b;
    case BPF_AND:
        return a & b;
    case BPF_LSH:
        return b < 32 ? a << b : 0;
    case BPF_RSH:
        return b < 32 ? a >> b : 0;
    case BPF_XOR:
        return a ^ b;
    case BPF_NEG:
        return -a;
    default:
        return 0;
    }
}

static bool is_true(uint16_t code, uint32_t a, uint32_t b)
{
    switch (BPF_OP(code)) {
    case BPF_JEQ:
        return a == b;
    case BPF_JGT:
        return a > b;
    case BPF_JGE:
        return a >= b;
    default: /* BPF_JSET */
        return a & b;
    }
}

/* How many instructions are left out after this one. */
static size_t step(struct machine *m, const struct sock_filter *at)
{
    uint32_t operand = BPF_SRC(at->code) == BPF_X ? m->x : at->k;
    switch (BPF_CLASS(at->code)) {
    case BPF_LD:
        m->a = load(m, at);
        break;
    case BPF_LDX:
        m->x = load(m, at);
        break;
    case BPF_ST:
    case BPF_STX:
        if (at->k < BPF_MEMWORDS)
            m->memory[at->k] = BPF_CLASS(at->code) == BPF_ST ? m->a : m->x;
        break;
    case BPF_ALU:
        m->a = compute(at->code, m->a, operand);
        break;
    case BPF_MISC:
        if (BPF_MISCOP(at->code) == BPF_TAX)
            m->x = m->a;
        else
            m->a = m->x;
        break;
    case BPF_JMP:
        if (BPF_OP(at->code) == BPF_JA)
            return at->k;
        return is_true(at->code, m->a, operand) ? at->jt : at->jf;
    default:
        break;
    }
    return 0;
}

uint32_t lc_filter_run(const struct sock_filter *program, size_t len, const struct lc_filter_call *call)
{
    struct machine m = {.data = {.nr = (int)call->number, .arch = AUDIT_ARCH_X86_64}};
    for (size_t i = 0; i < LC_ARRAY_LEN(call->arguments); i++)
        m.data.args[i] = (uint64_t)call->arguments[i];
    for (size_t i = 0; i < len; i++) {
        if (BPF_CLASS(program[i].code) == BPF_RET)
            return BPF_RVAL(program[i].code) == BPF_A ? m.a : program[i].k;
        i += step(&m, &program[i]);
    }
    return SECCOMP_RET_KILL_PROCESS;
}

/* As signed numbers, the lower action is the stricter one. */
uint32_t lc_filter_stricter(uint32_t a, uint32_t b)
{
    return (int32_t)(a & SECCOMP_RET_ACTION_FULL) <= (int32_t)(b & SECCOMP_RET_ACTION_FULL) ? a : b;
}
