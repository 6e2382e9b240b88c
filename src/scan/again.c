#include "scan/again.h"

#include "base/action.h"
#include "base/sys.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#define SYSCALL_BYTES 2 /* 0f 05 */
#define LOOK_BACK 32
#define RED_ZONE 128
#define SECOND UINT64_C(1000000000)
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif
#define IO_URING_ENTER_EXT_ARG 8 /* linux/io_uring.h */

/* As again_call.S has it. */
struct frame {
    greg_t pc, rdi, rdx, r10, r8; /* of the program */
    uint64_t end_ns;              /* CLOCK_MONOTONIC */
    struct timespec left;
    int64_t number;
    int64_t spare[3];
};
static_assert(sizeof(struct frame) == 96, "FRAME");

extern const char lc_again_call[], lc_again_called[];

/* What a wait with a timeout is: where that stands, as what, and what the call says when it is over. */
enum unit { NO_TIMEOUT, MILLISECONDS, TIMESPEC, LEFT_IS_WRITTEN };
struct wait {
    enum unit unit;
    int number, timeout; /* REG_ */
    int over;
};

static const struct wait waits[] = {
    {NO_TIMEOUT, SYS_pause, 0, 0},
    {NO_TIMEOUT, SYS_rt_sigsuspend, 0, 0},
    {NO_TIMEOUT, SYS_semop, 0, 0},
    {NO_TIMEOUT, SYS_msgsnd, 0, 0},
    {NO_TIMEOUT, SYS_msgrcv, 0, 0},
    {LEFT_IS_WRITTEN, SYS_select, 0, 0},
    {LEFT_IS_WRITTEN, SYS_pselect6, 0, 0},
    {LEFT_IS_WRITTEN, SYS_ppoll, 0, 0},
    {MILLISECONDS, SYS_poll, REG_RDX, 0},
    {MILLISECONDS, SYS_epoll_wait, REG_R10, 0},
    {MILLISECONDS, SYS_epoll_pwait, REG_R10, 0},
    {TIMESPEC, SYS_epoll_pwait2, REG_R10, 0},
    {TIMESPEC, SYS_nanosleep, REG_RDI, 0},
    {TIMESPEC, SYS_clock_nanosleep, REG_RDX, 0},
    {TIMESPEC, SYS_rt_sigtimedwait, REG_RDX, -EAGAIN},
    {TIMESPEC, SYS_semtimedop, REG_R10, -EAGAIN},
    {TIMESPEC, SYS_io_getevents, REG_R8, 0},
    {TIMESPEC, SYS_io_pgetevents, REG_R8, 0},
    {TIMESPEC, SYS_futex, REG_R10, -ETIMEDOUT},
    {NO_TIMEOUT, SYS_io_uring_enter, 0, 0},
};

static const struct wait *wait_of(int64_t number)
{
    for (size_t i = 0; i < LC_ARRAY_LEN(waits); i++)
        if (waits[i].number == number)
            return &waits[i];
    return NULL;
}

/* Bytes of a move between registers and memory (Intel SDM 2, 2.1; opcodes 89 and 8b) at `at`, 0 when it is none. */
static size_t move_bytes(const unsigned char *at)
{
    size_t prefix = (at[0] & 0xf0) == 0x40;
    at += prefix;
    if (at[0] != 0x89 && at[0] != 0x8b)
        return 0;
    unsigned mode = at[1] >> 6, base = at[1] & 7;
    size_t sib = mode != 3 && base == 4, displacement = mode == 1 ? 1 : mode == 2 || (mode == 0 && base == 5) ? 4 : 0;
    return prefix + 2 + sib + displacement;
}

/* The number of the system call that ends at `pc`, which the kernel does not tell: libc loads it right before, but for some
 * moves of arguments. -1 when it is not seen. */
static int64_t number_at(uintptr_t pc)
{
    unsigned char code[LOOK_BACK + 8] = {0};
    if (lc_sys_copy(code, pc - LOOK_BACK, LOOK_BACK) != LOOK_BACK ||
        code[LOOK_BACK - 2] != 0x0f || code[LOOK_BACK - 1] != 0x05)
        return -1;
    for (size_t start = LOOK_BACK - SYSCALL_BYTES - 5; start > 0; start--) {
        size_t at = start + 5, step;
        uint32_t number;
        if (code[start] != 0xb8) /* mov $number, %eax */
            continue;
        while (at < LOOK_BACK - SYSCALL_BYTES && (step = move_bytes(code + at)))
            at += step;
        memcpy(&number, code + start + 1, sizeof number);
        if (at == LOOK_BACK - SYSCALL_BYTES && number < 1024)
            return number;
    }
    return -1;
}

/* Has a signal come meanwhile that the program handles? */
static bool is_interrupted_by_others(const ucontext_t *u)
{
    uint64_t pending = 0, blocked;
    struct lc_action a;
    memcpy(&blocked, &u->uc_sigmask, sizeof blocked);
    lc_sys_call(SYS_rt_sigpending, (long)&pending, sizeof pending, 0, 0, 0, 0);
    for (uint64_t left = pending & ~blocked; left; left &= left - 1)
        if (lc_action_set(__builtin_ctzll(left) + 1, NULL, &a) == 0 && a.handler != (uintptr_t)SIG_DFL &&
            a.handler != (uintptr_t)SIG_IGN)
            return true;
    return false;
}

static uint64_t ns_of(const struct timespec *t)
{
    return t->tv_sec < 0 || (uint64_t)t->tv_sec > UINT64_MAX / SECOND / 4 ? UINT64_MAX / 4 : (uint64_t)t->tv_sec * SECOND + (uint64_t)t->tv_nsec;
}

/* The timeout of a call, UINT64_MAX: none. False when it can't be read. */
static bool timeout_of(const struct wait *w, const greg_t *r, uint64_t *ns)
{
    struct timespec t;
    *ns = UINT64_MAX;
    if (w->unit == NO_TIMEOUT || w->unit == LEFT_IS_WRITTEN)
        return true;
    if (w->unit == MILLISECONDS) {
        if ((int)r[w->timeout] >= 0)
            *ns = (uint64_t)(int)r[w->timeout] * 1000000;
        return true;
    }
    if (!r[w->timeout])
        return true;
    if (lc_sys_copy(&t, (uintptr_t)r[w->timeout], sizeof t) != sizeof t)
        return false;
    *ns = ns_of(&t);
    return true;
}

/* What is particular to some calls. False: nothing is known of this one. */
static bool look_closer(const struct wait *w, greg_t *r, bool *is_exact)
{
    switch (w->number) {
    case SYS_nanosleep: /* what is left stands where the program wants it, or nowhere */
        *is_exact = r[REG_RSI] != 0;
        r[REG_RDI] = *is_exact ? r[REG_RSI] : r[REG_RDI];
        return true;
    case SYS_clock_nanosleep:
        *is_exact = r[REG_RSI] & TIMER_ABSTIME || r[REG_R10];
        if (!(r[REG_RSI] & TIMER_ABSTIME) && r[REG_R10])
            r[REG_RDX] = r[REG_R10];
        return true;
    case SYS_futex: { /* that with a set of bits has an absolute timeout: futex(2) */
        int operation = (int)r[REG_RSI] & FUTEX_CMD_MASK;
        *is_exact = operation == FUTEX_WAIT_BITSET;
        return operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET;
    }
    case SYS_io_uring_enter:
        return !(r[REG_R10] & IO_URING_ENTER_EXT_ARG);
    default:
        return true;
    }
}

static void set_timeout(const struct wait *w, greg_t *r, struct frame *f, uint64_t left_ns)
{
    if (w->unit == MILLISECONDS) {
        r[w->timeout] = (greg_t)((left_ns + 999999) / 1000000);
        return;
    }
    f->left = (struct timespec){(time_t)(left_ns / SECOND), (long)(left_ns % SECOND)};
    r[w->timeout] = (greg_t)&f->left;
}

/* The call has been made again already, and its end is known. */
static void go_on_waiting(greg_t *r, const struct wait *w, struct frame *f, uint64_t now)
{
    if (now >= f->end_ns) {
        r[REG_RAX] = w->over;
        return;
    }
    set_timeout(w, r, f, f->end_ns - now);
    r[REG_RIP] = (greg_t)lc_again_call;
    r[REG_RAX] = f->number;
}

static void begin_waiting(greg_t *r, const struct wait *w, uint64_t timeout_ns, uint64_t now)
{
    struct frame *f = (struct frame *)(r[REG_RSP] - RED_ZONE - (greg_t)sizeof *f);
    *f = (struct frame){.pc = r[REG_RIP], .rdi = r[REG_RDI], .rdx = r[REG_RDX], .r10 = r[REG_R10], .r8 = r[REG_R8],
                        .end_ns = now + timeout_ns, .number = w->number};
    r[REG_RSP] = (greg_t)f;
    go_on_waiting(r, w, f, now);
}

void lc_again(ucontext_t *u)
{
    greg_t *r = u->uc_mcontext.gregs;
    uint64_t timeout_ns;
    bool is_exact = false;
    if (r[REG_RAX] != -EINTR || is_interrupted_by_others(u))
        return;
    const uint64_t now = lc_sys_clock_ns(CLOCK_MONOTONIC);
    if (r[REG_RIP] == (greg_t)lc_again_called) {
        struct frame *f = (struct frame *)r[REG_RSP];
        go_on_waiting(r, wait_of(f->number), f, now);
        return;
    }
    const struct wait *w = wait_of(number_at((uintptr_t)r[REG_RIP]));
    if (!w || !look_closer(w, r, &is_exact) || !timeout_of(w, r, &timeout_ns))
        return;
    if (is_exact || timeout_ns == 0 || timeout_ns == UINT64_MAX) { /* poll(2), for one, says EINTR also when it was not to wait */
        r[REG_RIP] -= SYSCALL_BYTES;
        r[REG_RAX] = w->number;
    } else {
        begin_waiting(r, w, timeout_ns, now);
    }
}
