#include "unwind/reference.h"

#include "unwind/guess.h"

#include <dlfcn.h>
#include <errno.h>
#include <libunwind-x86_64.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

/* Not in the header, but exported for those who find the table themselves, as gdb-like programs do. */
int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t, unw_word_t ip, unw_dyn_info_t *, unw_proc_info_t *,
                                       int need_info, void *arg);

/* libunwind looks at another process, which happens to be this one. */
struct remote {
    struct lc_registers start;
    struct lc_readable readable;
    struct lc_range module; /* that was read last: libunwind reads frame information byte by byte */
    bool has_no_information; /* of the last frame asked about */
};

static unw_addr_space_t space;

/* libunwind masks signals around each of its locks, several times a frame: seven eighths of its time. So they
 * are masked once, and its calls come here instead of to libc. (So do the program's, which go on.) */
static __thread bool is_masked __attribute__((tls_model("initial-exec")));

LC_EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
    if (is_masked)
        return 0;
    const int error = pthread_sigmask(how, set, old);
    if (error)
        errno = error;
    return error ? -1 : 0;
}

static void mask_signals(sigset_t *old)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, old);
    is_masked = true;
}

static void unmask_signals(const sigset_t *old)
{
    is_masked = false;
    pthread_sigmask(SIG_SETMASK, old, NULL);
}

/* The head of .eh_frame_hdr with the encodings that all linkers choose. */
struct header {
    uint8_t version, frames, count, table;
    int32_t frames_at;
    uint32_t row_count;
    int32_t rows[];
};

static int find_proc_info(unw_addr_space_t as, unw_word_t ip, unw_proc_info_t *out, int need_info, void *arg)
{
    struct remote *r = arg;
    struct dl_find_object module;
    r->has_no_information = true;
    if (_dl_find_object((void *)ip, &module) || !module.dlfo_eh_frame)
        return -UNW_ENOINFO;
    const struct header *header = module.dlfo_eh_frame;
    if (header->version != 1 || header->count != 0x03 || header->table != 0x3b)
        return -UNW_ENOINFO;
    unw_dyn_info_t table = {
        .start_ip = (unw_word_t)module.dlfo_map_start,
        .end_ip = (unw_word_t)module.dlfo_map_end,
        .format = UNW_INFO_FORMAT_REMOTE_TABLE,
        .u.rti = {.segbase = (unw_word_t)header,
                  .table_len = header->row_count,
                  .table_data = (unw_word_t)header->rows},
    };
    const int rc = _Ux86_64_dwarf_search_unwind_table(as, ip, &table, out, need_info, arg);
    r->has_no_information = rc < 0;
    return rc;
}

static void put_unwind_info(unw_addr_space_t as, unw_proc_info_t *info, void *arg)
{
    (void)as, (void)info, (void)arg;
}

static int get_dyn_info_list_addr(unw_addr_space_t as, unw_word_t *out, void *arg)
{
    (void)as, (void)out, (void)arg;
    return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t as, unw_word_t address, unw_word_t *word, int write, void *arg)
{
    struct remote *r = arg;
    struct dl_find_object module;
    (void)as;
    if (write)
        return -UNW_EINVAL;
    if (!lc_range_has(r->module, address)) {
        if (_dl_find_object((void *)address, &module))
            return lc_readable_word(&r->readable, address, word) ? 0 : -UNW_EINVAL;
        r->module = (struct lc_range){(uintptr_t)module.dlfo_map_start, (uintptr_t)module.dlfo_map_end};
    }
    *word = *(const unw_word_t *)address;
    return 0;
}

static int access_reg(unw_addr_space_t as, unw_regnum_t reg, unw_word_t *word, int write, void *arg)
{
    const struct remote *r = arg; /* libunwind's numbers of the general registers are DWARF's */
    (void)as;
    if (write)
        return -UNW_EREADONLYREG;
    return reg >= 0 && lc_registers_get(&r->start, (uint64_t)reg, word) ? 0 : -UNW_EBADREG;
}

/* The cursor's first frame. libunwind takes that for an interrupted one. */
static void start_at(struct remote *r, const struct lc_frame *f)
{
    r->start.known = 0;
    lc_registers_set(&r->start, LC_RIP, lc_frame_at(f));
    lc_registers_set(&r->start, LC_RSP, f->sp);
    lc_registers_set(&r->start, LC_RBP, f->fp);
}

static unw_accessors_t accessors = {
    .find_proc_info = find_proc_info,
    .put_unwind_info = put_unwind_info,
    .get_dyn_info_list_addr = get_dyn_info_list_addr,
    .access_mem = access_mem,
    .access_reg = access_reg,
};

int lc_reference_init(void)
{
    space = unw_create_addr_space(&accessors, 0);
    if (!space)
        return -ENOMEM;
    unw_set_caching_policy(space, UNW_CACHE_NONE);
    return 0;
}

/* Whether `pc` is where the kernel lets a signal handler return to: mov $15, %rax; syscall. */
static bool is_sigreturn(uintptr_t pc)
{
    static const uint8_t code[9] = {0x48, 0xc7, 0xc0, 0x0f, 0x00, 0x00, 0x00, 0x0f, 0x05};
    struct dl_find_object module;
    return !_dl_find_object((void *)pc, &module) && !memcmp((const void *)pc, code, sizeof code);
}

static enum lc_step step(unw_cursor_t *cursor, struct remote *r, struct lc_frame *f)
{
    const bool was_signal_frame = is_sigreturn(f->pc);
    unw_word_t pc, sp, fp = 0;
    r->has_no_information = false;
    const int rc = unw_step(cursor);
    if (r->has_no_information) {
        const enum lc_step guess = lc_guess(f);
        start_at(r, f);
        return guess == LC_STEP_CALLER && unw_init_remote(cursor, space, r) < 0 ? LC_STEP_LOST : guess;
    }
    if (rc <= 0)
        return rc < 0 ? LC_STEP_LOST : LC_STEP_END;
    if (unw_get_reg(cursor, UNW_X86_64_RIP, &pc) || unw_get_reg(cursor, UNW_X86_64_RSP, &sp))
        return LC_STEP_LOST;
    if (unw_get_reg(cursor, UNW_X86_64_RBP, &fp))
        fp = 0;
    *f = (struct lc_frame){pc, sp, fp, was_signal_frame};
    return pc ? LC_STEP_CALLER : LC_STEP_END;
}

void lc_reference_unwind(const struct lc_context *from, unsigned limit, struct lc_stack *out)
{
    struct lc_frame f = {.pc = from->pc, .sp = from->sp, .fp = from->fp};
    struct remote r = {.readable = {0}};
    unw_cursor_t cursor;
    enum lc_step next = LC_STEP_CALLER;
    sigset_t signals;
    memset(out->exact, 0, sizeof out->exact);
    out->depth = 0;
    mask_signals(&signals);
    lc_readable_enter(&r.readable, f.sp);
    start_at(&r, &f);
    if (unw_init_remote(&cursor, space, &r) < 0)
        next = LC_STEP_LOST;
    while (next == LC_STEP_CALLER && out->depth < limit) {
        out->exact[out->depth / 64] |= (uint64_t)f.exact << out->depth % 64;
        out->frames[out->depth++] = f.pc;
        next = step(&cursor, &r, &f);
    }
    unmask_signals(&signals);
    out->truncated = next != LC_STEP_END;
}

int lc_reference_step(const struct lc_registers *frame, struct lc_registers *caller)
{
    struct remote r = {.start = *frame};
    unw_cursor_t cursor;
    sigset_t signals;
    lc_readable_enter(&r.readable, frame->value[LC_RSP]);
    mask_signals(&signals);
    int rc = unw_init_remote(&cursor, space, &r);
    if (rc >= 0)
        rc = unw_step(&cursor);
    unmask_signals(&signals);
    caller->known = 0;
    for (int i = 0; rc > 0 && i < LC_REGISTERS; i++)
        if (unw_get_reg(&cursor, i, &caller->value[i]) == 0)
            caller->known |= 1u << i;
    return rc;
}
