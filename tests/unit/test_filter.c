#include "base/filter.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define BODY_MAX 40
#define ROUNDS   300

static const long arguments[6] = {1, -2, 0x123456789abcdef, 0, 0x80000000, 77};

static struct sock_filter code[BODY_MAX + 8];
static unsigned short len;

static void put(struct sock_filter instruction)
{
    code[len++] = instruction;
}

static uint32_t random_word(void)
{
    return (uint32_t)rand() * 2654435761u >> rand() % 32;
}

/* One that the kernel takes; `left` more of them follow. */
static struct sock_filter random_instruction(unsigned left)
{
    static const uint16_t operations[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_OR, BPF_AND, BPF_XOR, BPF_LSH, BPF_RSH, BPF_DIV};
    static const uint16_t conditions[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    uint32_t word = random_word();
    unsigned char yes = (unsigned char)(rand() % (left + 1)), no = (unsigned char)(rand() % (left + 1));
    uint16_t source = rand() % 2 ? BPF_X : BPF_K;
    uint16_t operation = operations[rand() % (source == BPF_X ? 6 : 9)];
    switch (rand() % 12) {
    case 0:
    case 1:
        return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word % 16 * 4);
    case 2:
        return (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, word);
    case 3:
        return (struct sock_filter)BPF_STMT(BPF_LDX | BPF_IMM, word);
    case 4:
        return (struct sock_filter)BPF_STMT(rand() % 2 ? BPF_ST : BPF_STX, word % 4);
    case 5:
        return (struct sock_filter)BPF_STMT((rand() % 2 ? BPF_LD : BPF_LDX) | BPF_MEM, word % 4);
    case 6:
        return (struct sock_filter)BPF_STMT(BPF_MISC | (rand() % 2 ? BPF_TAX : BPF_TXA), 0);
    case 7:
        return (struct sock_filter)BPF_STMT((rand() % 2 ? BPF_LD : BPF_LDX) | BPF_W | BPF_LEN, 0);
    case 8:
        return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JA, rand() % (left + 1), 0, 0);
    case 9:
        return (struct sock_filter)BPF_JUMP(BPF_JMP | conditions[rand() % 4] | source, word, yes, no);
    case 10:
        return (struct sock_filter)BPF_STMT(BPF_ALU | BPF_NEG, 0);
    default:
        return (struct sock_filter)BPF_STMT(BPF_ALU | operation | source, operation == BPF_LSH || operation == BPF_RSH ? word % 32 : word | 1);
    }
}

/* Any other call is allowed; getppid's answer is an errno made of what was computed. */
static void make_program(void)
{
    unsigned body = 1 + (unsigned)rand() % BODY_MAX;
    len = 0;
    put((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
    put((struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 1, 0));
    put((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    for (uint32_t i = 0; i < 4; i++)
        put((struct sock_filter)BPF_STMT(BPF_ST, i)); /* the kernel wants them written before they are read */
    while (body--)
        put(random_instruction(body));
    put((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x7f));
}

static void end_program(void)
{
    code[len] = (struct sock_filter)BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO | 0x80);
    code[len + 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_A, 0);
}

/* The errno of the kernel's answer, or 0 when it does not take the program. */
static int ask_kernel(void)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct sock_fprog program = {(unsigned short)(len + 2), code};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
            _exit(0);
        const long *a = arguments;
        _exit(syscall(SYS_getppid, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 1);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static uint32_t answer(long number)
{
    struct lc_filter_call call = {.number = number};
    for (int i = 0; i < 6; i++)
        call.arguments[i] = arguments[i];
    return lc_filter_run(code, len + 2u, &call);
}

/* What depends on where the call was made is left out: words 2 and 3 of the data are its address. */
static bool reads_place(void)
{
    for (unsigned i = 0; i < len; i++)
        if (code[i].code == (BPF_LD | BPF_W | BPF_ABS) && (code[i].k == 8 || code[i].k == 12))
            return true;
    return false;
}

Test(filter, answers_as_the_kernel_does)
{
    unsigned compared = 0;
    srand(7);
    for (int i = 0; i < ROUNDS; i++) {
        make_program();
        end_program();
        if (reads_place())
            continue;
        int want = ask_kernel();
        if (want == 0)
            continue;
        cr_assert(eq(int, (int)(answer(SYS_getppid) & SECCOMP_RET_DATA), want));
        cr_assert(eq(u32, answer(SYS_getpid), SECCOMP_RET_ALLOW));
        compared++;
    }
    cr_assert(gt(uint, compared, ROUNDS / 3));
}

Test(filter, a_program_without_an_end_kills)
{
    struct sock_filter none[] = {BPF_STMT(BPF_LD | BPF_IMM, 0)};
    cr_assert(eq(u32, lc_filter_run(none, 1, &(struct lc_filter_call){0}), SECCOMP_RET_KILL_PROCESS));
    struct sock_filter far[] = {BPF_JUMP(BPF_JMP | BPF_JA, 1000, 0, 0)};
    cr_assert(eq(u32, lc_filter_run(far, 1, &(struct lc_filter_call){0}), SECCOMP_RET_KILL_PROCESS));
}

Test(filter, the_stricter_answer_counts)
{
    static const uint32_t strict_first[] = {SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO,
                                            SECCOMP_RET_USER_NOTIF, SECCOMP_RET_TRACE, SECCOMP_RET_LOG, SECCOMP_RET_ALLOW};
    for (int i = 0; i < 7; i++) {
        cr_assert(eq(u32, lc_filter_stricter(strict_first[i], strict_first[i + 1]), strict_first[i]));
        cr_assert(eq(u32, lc_filter_stricter(strict_first[i + 1], strict_first[i]), strict_first[i]));
    }
}
