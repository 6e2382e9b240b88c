#include "unwind/guess.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>

/* No frame of compiled code is larger than the usual whole stack. */
#define FRAME_MAX ((uintptr_t)8 << 20)
/* glibc's loader has 61 bytes of it. */
#define START_CODE_MAX ((uintptr_t)128)

/* Nothing is remembered, so that every word is asked about. */
static bool read_word(uintptr_t address, uintptr_t *out)
{
    struct lc_readable nothing = {0};
    return lc_readable_word(&nothing, address, out);
}

/* The eight bytes before `pc`, the last of them the highest byte of `*out`. They may cross into a page of
 * another kind; so the two aligned words are read. */
static bool read_code_before(uintptr_t pc, uint64_t *out)
{
    const uintptr_t start = pc - 8;
    const unsigned shift = start % 8 * 8;
    uintptr_t low, high = 0;
    if (!read_word(start - start % 8, &low) || (shift && !read_word(start - start % 8 + 8, &high)))
        return false;
    *out = shift ? low >> shift | high << (64 - shift) : low;
    return true;
}

/* Whether a call can have ended at `pc`: E8 and a distance, or FF /2 with an operand of 0 to 5 more bytes
 * (Intel SDM 2, CALL). */
static bool is_after_call(uintptr_t pc)
{
    struct dl_find_object module;
    uint64_t code;
    if (_dl_find_object((void *)(pc - 1), &module) || !read_code_before(pc, &code))
        return false;
    if ((code >> 24 & 0xff) == 0xe8)
        return true;
    for (unsigned length = 2; length <= 7; length++) {
        const unsigned opcode = code >> (64 - 8 * length) & 0xff;
        const unsigned operand = code >> (72 - 8 * length) & 0xff;
        if (opcode == 0xff && (operand >> 3 & 7) == 2)
            return true;
    }
    return false;
}

/* No call returns to the start of a function: that return address was made up, by makecontext() or the like,
 * for where the stack begins. (A call that never returns, as the last instruction of the function before,
 * does have a description.) */
static bool is_made_up(const struct lc_frame *f)
{
    struct lc_fde fde;
    return !f->exact && lc_fde_find(f->pc, &fde) && fde.code.start == f->pc;
}

/* Start code: where the kernel enters an object, there is no caller. A linked _start says so itself; the
 * loader's, from which constructors are called, has no description (glibc, sysdeps/x86_64/dl-machine.h). */
static bool is_start_code(uintptr_t pc)
{
    struct dl_find_object module;
    if (_dl_find_object((void *)pc, &module))
        return false;
    const ElfW(Ehdr) *header = module.dlfo_map_start;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return false;
    return pc - (module.dlfo_link_map->l_addr + header->e_entry) < START_CODE_MAX;
}

enum lc_step lc_guess(struct lc_frame *f)
{
    uintptr_t fp, pc;
    if (is_made_up(f) || is_start_code(f->pc))
        return LC_STEP_END;
    if (f->fp < f->sp || f->fp - f->sp > FRAME_MAX)
        return LC_STEP_LOST;
    if (!read_word(f->fp, &fp) || !read_word(f->fp + 8, &pc) || !is_after_call(pc))
        return LC_STEP_LOST;
    *f = (struct lc_frame){.pc = pc, .sp = f->fp + 16, .fp = fp};
    return LC_STEP_CALLER;
}
