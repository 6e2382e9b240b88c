#include "../intern.h"
#include "record/depot.h"

#include "record/modules.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>

static struct lc_stack s;

/* A stack of the given addresses, innermost first, up to 0. */
static uint32_t intern(uintptr_t first, ...)
{
    va_list rest;
    s = (struct lc_stack){0};
    va_start(rest, first);
    for (uintptr_t pc = first; pc; pc = va_arg(rest, uintptr_t))
        s.frames[s.depth++] = pc;
    va_end(rest);
    return intern_stack(&s);
}

static uintptr_t address(uint32_t frame)
{
    return lc_depot_get(frame)->address;
}

#define END ((uintptr_t)0)
static const uintptr_t a = 0x1000, b = 0x2000, c = 0x3000;

Test(depot, an_empty_stack_is_none)
{
    cr_assert(eq(u32, intern(END), LC_DEPOT_NONE));
    cr_assert(eq(u32, lc_depot_count(), 0));
}

Test(depot, a_stack_is_its_frames_from_the_inside_out)
{
    uint32_t id = intern(a, b, c, END);
    cr_assert(eq(uptr, address(id), a));
    id = lc_depot_get(id)->outer;
    cr_assert(eq(uptr, address(id), b));
    id = lc_depot_get(id)->outer;
    cr_assert(eq(uptr, address(id), c));
    cr_assert(eq(u32, lc_depot_get(id)->outer, LC_DEPOT_NONE));
}

Test(depot, equal_stacks_are_one)
{
    uint32_t id = intern(a, b, c, END);
    cr_assert(eq(u32, intern(a, b, c, END), id));
    cr_assert(eq(u32, intern_stack(&s), id));
    cr_assert(eq(u32, lc_depot_count(), 3));
}

Test(depot, different_stacks_are_not)
{
    uint32_t id = intern(a, b, c, END);
    cr_assert(ne(u32, intern(a, b, END), id));
    cr_assert(ne(u32, intern(a, c, b, END), id));
    cr_assert(ne(u32, intern(a, a, c, END), id));
    cr_assert(ne(u32, intern(b, c, END), id));
}

Test(depot, common_outer_parts_are_stored_once)
{
    intern(a, b, c, END);
    intern(c, b, c, END);
    intern(b, c, END);
    cr_assert(eq(u32, lc_depot_count(), 4));
    intern(a, b, END); /* control: a common inner part is not */
    cr_assert(eq(u32, lc_depot_count(), 6));
}

Test(depot, outer_frames_come_first)
{
    uint32_t id = intern(a, b, c, END);
    for (; lc_depot_get(id)->outer != LC_DEPOT_NONE; id = lc_depot_get(id)->outer)
        cr_assert(lt(u32, lc_depot_get(id)->outer, id));
}

Test(depot, an_interrupted_frame_is_another_one)
{
    uint32_t id = intern(a, b, END);
    s.exact[0] = 2;
    uint32_t interrupted = intern_stack(&s);
    cr_assert(ne(u32, interrupted, id));
    cr_assert(eq(uptr, address(interrupted), a));
    cr_assert(eq(uptr, address(lc_depot_get(interrupted)->outer), b | LC_DEPOT_EXACT));
}

Test(depot, every_frame_has_its_own_exact_bit)
{
    s = (struct lc_stack){.depth = LC_FRAMES_MAX};
    for (unsigned i = 0; i < s.depth; i++) {
        s.frames[i] = 0x1000 + i;
        s.exact[i / 64] |= (uint64_t)(i % 7 == 0) << (i % 64);
    }
    uint32_t id = intern_stack(&s);
    for (unsigned i = 0; i < s.depth; i++, id = lc_depot_get(id)->outer)
        cr_assert(eq(uptr, address(id), (0x1000 + i) | (i % 7 == 0 ? LC_DEPOT_EXACT : 0)));
}

Test(depot, the_last_frame_says_that_there_were_more)
{
    uint32_t id = intern(a, b, END);
    s.truncated = true;
    uint32_t cut = intern_stack(&s);
    cr_assert(ne(u32, cut, id));
    cr_assert(eq(uptr, address(cut), a));
    cr_assert(eq(uptr, address(lc_depot_get(cut)->outer), b | LC_DEPOT_CUT));
}

static uintptr_t start_of(void *library)
{
    struct link_map *map = library;
    return map->l_addr;
}

/* A library that nothing else here loads. */
static void *load(void)
{
    void *library = dlopen("libBrokenLocale.so.1", RTLD_NOW);
    cr_assert(ne(ptr, library, NULL));
    return library;
}

Test(depot, a_frame_knows_its_module)
{
    lc_modules_init("/some/where");
    uint32_t here = intern((uintptr_t)start_of, END), nowhere = intern(a, END);
    cr_assert(eq(u32, lc_depot_get(here)->module, 0));
    cr_assert(eq(u32, lc_modules_at((uintptr_t)start_of), 0));
    cr_assert(eq(u32, lc_depot_get(nowhere)->module, UINT32_MAX));
}

Test(depot, a_return_address_belongs_to_the_call_before_it)
{
    uintptr_t start = start_of(load());
    uint32_t after_a_call = intern(start, END);
    s.exact[0] = 1;
    uint32_t interrupted = intern_stack(&s);
    cr_assert(ne(u32, lc_depot_get(after_a_call)->module, lc_modules_at(start)));
    cr_assert(eq(u32, lc_depot_get(interrupted)->module, lc_modules_at(start)));
}

Test(depot, frames_of_a_closed_module_are_not_found_again)
{
    void *library = load();
    uintptr_t inside = start_of(library) + 64;
    uint32_t through = intern(a, inside, b, END), around = intern(a, b, END);
    dlclose(library);
    cr_assert(lc_modules_sweep());
    cr_assert(eq(u32, intern(a, inside, b, END), through)); /* control: until it is told */
    lc_depot_retire_closed();
    cr_assert(ne(u32, intern(a, inside, b, END), through));
    cr_assert(eq(u32, intern(a, b, END), around));
    cr_assert(eq(uptr, address(lc_depot_get(through)->outer), inside | LC_DEPOT_RETIRED)); /* and still told */
}

Test(depot, a_frame_alone_is_cut_and_has_one_number)
{
    const uintptr_t pc = (uintptr_t)lc_depot_alone;
    lc_modules_init("/program");
    uint32_t first = lc_depot_alone(pc | LC_DEPOT_EXACT);
    const struct lc_depot_frame *f = lc_depot_get(first);
    cr_assert(eq(uptr, f->address, pc | LC_DEPOT_EXACT | LC_DEPOT_CUT));
    cr_assert(eq(u32, f->outer, LC_DEPOT_NONE));
    cr_assert(ne(u32, f->module, UINT32_MAX));
    cr_assert(eq(u32, lc_depot_alone(pc | LC_DEPOT_EXACT), first));
    cr_assert(ne(u32, lc_depot_alone(pc), first));
}
