#include "scan/self.h"

#include "base/arena.h"
#include "base/sys.h"
#include "scan/interrupted.h"
#include "unwind/walk.h"

#include <sys/syscall.h>

#define FRAMES_MAX 64
static_assert(LC_SELF_REGISTERS == (int)LC_REGISTERS, "the same numbers");

#define PRESERVED (1u << 3 | 1u << LC_RBP | 1u << LC_RSP | 0xfu << 12 | 1u << LC_RIP)

void lc_self_registers(uintptr_t registers[LC_SELF_REGISTERS]);

static bool is_passed(uintptr_t pc, const struct lc_range *passed, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (lc_range_has(passed[i], pc))
            return true;
    return false;
}

/* Over at most FRAMES_MAX frames: the last one reached stays in `f` and `registers`. */
static void walk(struct lc_walker *w, struct lc_frame *f, struct lc_registers *registers, const struct lc_range *passed,
                 size_t count)
{
    for (unsigned i = 0; i < FRAMES_MAX && is_passed(lc_frame_at(f), passed, count); i++) {
        struct lc_frame caller = *f;
        w->registers = *registers;
        if (lc_walk(w, &caller) != LC_STEP_CALLER)
            return;
        *f = caller;
        *registers = w->registers;
    }
}

void lc_self_find(struct lc_self *self, const struct lc_range *passed, size_t count)
{
    struct lc_registers here = {.known = PRESERVED};
    lc_self_registers(here.value);
    struct lc_frame f = {here.value[LC_RIP], here.value[LC_RSP], here.value[LC_RBP], false};
    struct lc_walker *w = lc_pages_map(sizeof *w, "scan");
    if (w) {
        lc_readable_enter(&w->readable, f.sp);
        walk(w, &f, &here, passed, count);
        lc_pages_unmap(w, sizeof *w);
    }
    self->tid = lc_sys_gettid();
    self->sp = f.sp;
    self->pointer = (uintptr_t)__builtin_thread_pointer();
    self->known = here.known;
    for (unsigned i = 0; i < LC_SELF_REGISTERS; i++)
        self->registers[i] = here.value[i];
    self->vectors = (struct lc_range){0};
    stack_t alternate;
    self->alternate = lc_sys_call(SYS_sigaltstack, 0, (long)&alternate, 0, 0, 0, 0) < 0 ? 0 : lc_alternate_of(&alternate);
}

void lc_self_interrupted(struct lc_self *self, const ucontext_t *at)
{
    static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI, REG_RBP, REG_RSP, REG_R8,
                                REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    static_assert(LC_ARRAY_LEN(order) == LC_SELF_REGISTERS, "DWARF's numbers");
    for (unsigned i = 0; i < LC_SELF_REGISTERS; i++)
        self->registers[i] = (uintptr_t)at->uc_mcontext.gregs[order[i]];
    self->known = (1u << LC_SELF_REGISTERS) - 1;
    self->tid = lc_sys_gettid();
    self->sp = self->registers[LC_RSP];
    self->pointer = (uintptr_t)__builtin_thread_pointer();
    self->vectors = lc_vectors_of(at);
    self->alternate = lc_alternate_of(&at->uc_stack);
}
