#include "report/crash.h"

#include "base/arena.h"
#include "record/depot.h"
#include "record/modules.h"
#include "unwind/readable.h"

#define PAGE_FAULT    14 /* the processor's number of it, and the bits of its error code: Intel SDM 3, 4.7 */
#define FAULT_WRITE   2
#define FAULT_EXECUTE 16

/* A stack of its own memory: the thread may have been interrupted while it was capturing one. */
static uint32_t capture(const struct lc_context *from)
{
    struct lc_unwinder *u = lc_pages_map(lc_unwinder_size(), "report");
    if (!u)
        return LC_DEPOT_NONE;
    uint64_t name = lc_unwind(u, from);
    struct lc_unwound unwound = lc_unwound(u, from, name);
    uint32_t stack = lc_depot_intern(&unwound);
    lc_pages_unmap(u, lc_unwinder_size());
    return stack;
}

enum lc_access lc_crash_access(const struct lc_death *d)
{
    const greg_t error = d->at->uc_mcontext.gregs[REG_ERR];
    if (d->info->si_code <= 0 || d->at->uc_mcontext.gregs[REG_TRAPNO] != PAGE_FAULT)
        return LC_ACCESS_UNKNOWN;
    return error & FAULT_EXECUTE ? LC_ACCESS_EXECUTE : error & FAULT_WRITE ? LC_ACCESS_WRITE : LC_ACCESS_READ;
}

uint32_t lc_crash_stack(const struct lc_death *d)
{
    const greg_t *registers = d->at->uc_mcontext.gregs;
    const uintptr_t pc = (uintptr_t)registers[REG_RIP], sp = (uintptr_t)registers[REG_RSP];
    uintptr_t caller;
    bool is_code = lc_modules_at(pc) != UINT32_MAX && lc_crash_access(d) != LC_ACCESS_EXECUTE;
    struct lc_readable readable = {0};
    if (!is_code && lc_readable_word(&readable, sp, &caller) &&
        lc_modules_at(caller) != UINT32_MAX) {
        const struct lc_context called = {caller, sp + sizeof caller, (uintptr_t)registers[REG_RBP]};
        return capture(&called);
    }
    /* What the handler returns to stands below what was saved (asm/sigframe.h, struct rt_sigframe). */
    const uintptr_t saved = (uintptr_t)d->at;
    const struct lc_context handler = {((const uintptr_t *)saved)[-1], saved, 0};
    uint32_t stack = capture(&handler);
    return stack == LC_DEPOT_NONE ? stack : lc_depot_get(stack)->outer;
}
