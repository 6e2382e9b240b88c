#include "report/collect.h"

#include "record/modules.h"
#include "record/track.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* Addresses of blocks are only keys here. */
static void *const a = (void *)0x7f1200000000, *const b = (void *)0x7f1200001000, *const c = (void *)0x7f1200002000;

static struct lc_options options;
static struct lc_findings f;
static const uintptr_t addresses[LC_FN_COUNT] = {[LC_FN_MALLOC] = 0x111, [LC_FN_FREE] = 0x222, [LC_FN_MMAP] = 0x333};
static struct lc_context here;

static void __attribute__((noinline)) init(void)
{
    here = LC_CALLER();
    lc_options_init(&options);
    lc_modules_init("/some/where");
    lc_track_init(&(struct lc_track_settings){.granule = 32});
}

TestSuite(collect, .init = init);

static void collect(void)
{
    static const char *const notes[] = {"a note"};
    struct lc_collect_input in = {
        .options = &options, .function_addresses = addresses, .early_blocks = 5, .needs_stacks = true, .needs_memory = true, .notes = notes, .note_count = 1};
    lc_collect(&f, &in);
}

/* Another caller: the same stack but for its innermost frame. */
static struct lc_context elsewhere(void)
{
    struct lc_context other = here;
    other.pc++;
    return other;
}

Test(collect, what_was_freed_is_no_leak)
{
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    lc_track_free(a, LC_FN_FREE, &here);
    collect();
    cr_assert(eq(sz, f.leak_count, 0));
    cr_assert(eq(u64, f.heap.live_blocks, 0));
    cr_assert(eq(u64, f.heap.allocations, 1));
    cr_assert(eq(u64, f.heap.frees, 1));
    cr_assert(eq(u64, f.heap.peak_bytes, 10));
}

Test(collect, blocks_of_one_stack_and_function_are_one_leak_whatever_their_sizes)
{
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    lc_track_alloc(b, 20, LC_FN_MALLOC, &here);
    lc_track_alloc(c, 0, LC_FN_MALLOC, &here);
    collect();
    cr_assert(eq(sz, f.leak_count, 1));
    cr_assert(eq(u64, f.leaks[0].blocks, 3));
    cr_assert(eq(u64, f.leaks[0].bytes, 30));
    cr_assert(eq(int, strcmp(f.leaks[0].site.function, "malloc"), 0));
    cr_assert(eq(uptr, f.leaks[0].site.address, 0x111));
    cr_assert(eq(uptr, f.frames[f.leaks[0].site.stack].address, here.pc));
    cr_assert(eq(u64, f.heap.live_blocks, 3));
    cr_assert(eq(u64, f.heap.live_bytes, 30));
}

Test(collect, another_function_or_another_stack_is_another_leak)
{
    struct lc_context other = elsewhere();
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    lc_track_alloc(b, 10, LC_FN_CALLOC, &here);
    lc_track_alloc(c, 10, LC_FN_MALLOC, &other);
    collect();
    cr_assert(eq(sz, f.leak_count, 3));
}

Test(collect, only_frames_that_something_names_are_there_and_outer_ones_come_first)
{
    struct lc_context other = elsewhere();
    lc_track_alloc(a, 10, LC_FN_MALLOC, &other);
    lc_track_free(a, LC_FN_FREE, &other);
    lc_track_alloc(b, 10, LC_FN_MALLOC, &here);
    collect();
    for (size_t i = 0; i < f.frame_count; i++) {
        cr_assert(ne(uptr, f.frames[i].address, other.pc));
        cr_assert(f.frames[i].outer == LC_NONE || f.frames[i].outer < i, "frame %zu", i);
    }
    cr_assert(eq(u32, f.leaks[0].site.stack, (uint32_t)f.frame_count - 1));
}

Test(collect, frames_lead_to_their_modules)
{
    Dl_info info;
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    collect();
    const struct lc_frame *inner = &f.frames[f.leaks[0].site.stack];
    const struct lc_module *m = &f.modules[inner->module];
    dladdr((void *)here.pc, &info);
    cr_assert(eq(uptr, m->range.start, (uintptr_t)info.dli_fbase));
    cr_assert(eq(sz, strlen(m->build_id) % 2, 0));
    for (const char *p = m->build_id; *p; p++)
        cr_assert(ne(ptr, strchr("0123456789abcdef", *p), NULL));
}

Test(collect, an_error_has_who_freed_and_who_allocated)
{
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    lc_track_free(a, LC_FN_FREE, &here);
    lc_track_free(a, LC_FN_FREE, &here);
    lc_track_free(a, LC_FN_FREE, &here);
    collect();
    cr_assert(eq(sz, f.error_count, 1));
    cr_assert(eq(int, f.errors[0].kind, LC_ERROR_DOUBLE_FREE));
    cr_assert(eq(u64, f.errors[0].count, 2));
    cr_assert(eq(u64, f.errors[0].size, 10));
    cr_assert(eq(uptr, f.errors[0].site.address, 0x222));
    cr_assert(eq(uptr, f.errors[0].origin.address, 0x111));
    cr_assert(eq(uptr, f.frames[f.errors[0].origin.stack].address, here.pc));
}

Test(collect, an_error_without_a_known_block_has_no_origin)
{
    lc_track_free(a, LC_FN_FREE, &here);
    collect();
    cr_assert(eq(int, f.errors[0].kind, LC_ERROR_INVALID_FREE));
    cr_assert(eq(chr, f.errors[0].origin.function[0], '\0'));
    cr_assert(eq(u32, f.errors[0].origin.stack, LC_NONE));
    cr_assert(eq(u64, f.coverage.unknown_frees, 1));
}

Test(collect, each_block_is_listed_only_when_asked_for)
{
    lc_track_alloc(a, 10, LC_FN_MALLOC, &here);
    lc_track_alloc(b, 20, LC_FN_MALLOC, &here);
    collect();
    cr_assert(not(f.has_blocks));
    cr_assert(eq(sz, f.block_count, 0));
    options.show_blocks = true;
    collect();
    cr_assert(f.has_blocks);
    cr_assert(eq(sz, f.block_count, 2));
    cr_assert(eq(uptr, f.blocks[1].address, (uintptr_t)b));
    cr_assert(eq(u64, f.blocks[1].size, 20));
    cr_assert(eq(u32, f.blocks[1].site.stack, f.leaks[0].site.stack));
}

Test(collect, a_mapping_is_a_region_with_its_maker)
{
    size_t size = 16 * LC_PAGE_SIZE;
    char *p = mmap(NULL, 3 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(eq(int, mprotect(p + size, size, PROT_READ | PROT_WRITE), 0)); /* merges with no neighbour */
    memset(p + size, 1, 3 * LC_PAGE_SIZE);
    uintptr_t start = (uintptr_t)p + size;
    lc_track_map((struct lc_range){start, start + size}, LC_FN_MMAP, &here);
    collect();
    const struct lc_region *r = NULL;
    for (size_t i = 0; i < f.region_count; i++)
        if (f.regions[i].vm.range.start == start)
            r = &f.regions[i];
        else
            cr_assert(eq(chr, f.regions[i].site.function[0], '\0'));
    cr_assert(ne(ptr, (void *)(uintptr_t)r, NULL));
    cr_assert(eq(uptr, r->vm.range.end, start + size));
    cr_assert(eq(u64, r->vm.resident, 3 * LC_PAGE_SIZE));
    cr_assert(eq(int, strcmp(r->site.function, "mmap"), 0));
    cr_assert(eq(uptr, f.frames[r->site.stack].address, here.pc));
}

Test(collect, our_own_memory_is_told_as_ours)
{
    uint64_t own = 0;
    collect();
    for (size_t i = 0; i < f.region_count; i++)
        own += f.regions[i].vm.kind == LC_REGION_OWN ? lc_range_size(f.regions[i].vm.range) : 0;
    cr_assert(gt(u64, own, 0));
    cr_assert(ge(u64, f.own_bytes, own - (6 << 20))); /* the test program counts as the library, with what it has in reserve */
}

Test(collect, options_notes_and_coverage_are_handed_on)
{
    options.num_callers = 7;
    collect();
    cr_assert(eq(sz, f.option_count, 1));
    cr_assert(eq(int, strcmp(f.options[0], "num-callers=7"), 0));
    cr_assert(eq(sz, f.note_count, 1));
    cr_assert(eq(int, strcmp(f.notes[0], "a note"), 0));
    cr_assert(eq(u64, f.coverage.early_blocks, 5));
    cr_assert(eq(u64, f.coverage.dropped, 0));
    cr_assert(gt(u64, f.memory.vm_rss, 0));
}

Test(collect, the_longest_option_that_can_be_given_is_whole)
{
    static char value[1 + LC_OPTION_STRING_MAX + 64];
    const size_t room = LC_OPTION_STRING_MAX + 64 - strlen("suppressions="); /* an item of LEAKCHECK_OPTIONS */
    memset(value, 'x', room);
    char text[sizeof value + 16];
    int len = snprintf(text, sizeof text, "suppressions=%s", value);
    cr_assert(eq(int, lc_options_set(&options, text, (size_t)len, value, sizeof value), 0));
    collect();
    cr_assert(eq(sz, f.option_count, 1));
    cr_assert(eq(int, strcmp(f.options[0], text), 0));
}
