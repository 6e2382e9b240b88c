#include "record/track.h"

#include "record/depot.h"
#include "record/heap.h"
#include "record/modules.h"
#include "record/thread.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

/* Addresses of blocks are only keys here. */
static void *const a = (void *)0x7f1200000000, *const b = (void *)0x7f1200001000;

static struct lc_context here;

static void see_error(void *context, const struct lc_error_record *e)
{
    struct lc_error_record *last = context;
    uint64_t count = last->count + 1;
    *last = *e;
    last->count = count;
}

/* Its count: how many different ones there are. */
static struct lc_error_record last_error(void)
{
    struct lc_error_record last = {0};
    lc_errors_each(see_error, &last);
    return last;
}

static unsigned errors_told(void)
{
    return (unsigned)last_error().count;
}

static const struct lc_track_settings settings = {.granule = 32};

static void __attribute__((noinline)) init(void)
{
    here = LC_CALLER();
    lc_modules_init("/some/where");
    lc_track_init(&settings);
}

static void alloc(void *p, size_t size)
{
    lc_track_alloc(p, size, LC_FN_MALLOC, &here);
}

static void release(void *p)
{
    lc_track_free(p, LC_FN_FREE, &here);
}

static void remember(void *site, uintptr_t address, uint32_t s)
{
    (void)address;
    *(uint32_t *)site = s;
}

/* The only live block. */
static struct lc_site_key only(void)
{
    uint32_t site = LC_SITE_NONE;
    const struct lc_counters n = lc_thread_totals();
    cr_assert(eq(u64, n.allocations - n.frees, 1));
    lc_heap_each(remember, &site);
    cr_assert(ne(u32, site, LC_SITE_NONE));
    return lc_site_get(site);
}

static bool counts_are(uint64_t allocations, uint64_t frees, uint64_t live_bytes)
{
    struct lc_counters n = lc_thread_totals();
    return n.allocations == allocations && n.frees == frees && lc_thread_live_bytes() == live_bytes &&
           n.dropped == 0;
}

Test(track, a_block_is_remembered_with_size_function_and_caller)
{
    init();
    lc_track_alloc(a, 100, LC_FN_CALLOC, &here);
    struct lc_site_key key = only();
    cr_assert(eq(u64, key.size, 100));
    cr_assert(eq(u32, key.function, LC_FN_CALLOC));
    cr_assert(eq(uptr, lc_depot_get(key.stack)->address, here.pc));
    cr_assert(counts_are(1, 0, 100));
}

Test(track, a_freed_block_is_gone_and_nobody_is_accused)
{
    init();
    alloc(a, 100);
    release(a);
    cr_assert(counts_are(1, 1, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, a_double_free_is_told_once_with_its_origin)
{
    init();
    alloc(a, 100);
    release(a);
    for (int i = 0; i < 3; i++)
        release(a);
    cr_assert(eq(uint, errors_told(), 1));
    cr_assert(eq(int, last_error().kind, LC_FREE_TWICE));
    cr_assert(eq(uptr, last_error().address, (uintptr_t)a));
    cr_assert(eq(u64, lc_site_get(last_error().origin).size, 100));
    cr_assert(eq(uptr, lc_depot_get(last_error().stack)->address, here.pc));
    cr_assert(counts_are(1, 1, 0));
}

Test(track, a_free_of_what_was_no_block_is_told_and_counted)
{
    init();
    release(a);
    cr_assert(eq(int, last_error().kind, LC_FREE_UNKNOWN));
    cr_assert(eq(u32, last_error().origin, LC_SITE_NONE));
    cr_assert(eq(u64, lc_thread_totals().unknown_frees, 1));
    cr_assert(counts_are(0, 0, 0));
}

Test(track, a_free_by_another_family_is_told_and_frees)
{
    init();
    lc_track_alloc(a, 100, LC_FN_NEW, &here);
    lc_track_free(a, LC_FN_DELETE_SIZED, &here);
    cr_assert(eq(uint, errors_told(), 0)); /* control: the same family */
    lc_track_alloc(a, 100, LC_FN_NEW_ARRAY, &here);
    lc_track_free(a, LC_FN_DELETE, &here);
    cr_assert(eq(uint, errors_told(), 1));
    cr_assert(eq(int, last_error().kind, LC_FREE_MISMATCHED));
    cr_assert(eq(int, last_error().function, LC_FN_DELETE));
    cr_assert(counts_are(2, 2, 0));
}

Test(track, a_block_freed_behind_our_back_is_counted_as_freed)
{
    init();
    alloc(a, 100);
    alloc(a, 30);
    cr_assert(eq(u64, only().size, 30));
    cr_assert(counts_are(2, 1, 30));
}

Test(track, a_realloc_moves_the_block)
{
    init();
    alloc(a, 100);
    struct lc_ticket t = lc_track_take(a, LC_FN_REALLOC, &here);
    cr_assert(ne(u32, t.site, LC_SITE_NONE));
    lc_track_alloc(b, 200, LC_FN_REALLOC, &here);
    cr_assert(eq(u64, only().size, 200));
    cr_assert(counts_are(2, 1, 200));
}

Test(track, a_realloc_that_fails_leaves_all_as_it_was)
{
    init();
    alloc(a, 100);
    lc_track_restore(lc_track_take(a, LC_FN_REALLOC, &here));
    cr_assert(eq(u32, only().function, LC_FN_MALLOC));
    cr_assert(counts_are(1, 0, 100));
    release(a);
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, a_realloc_of_what_was_no_block_takes_nothing)
{
    init();
    struct lc_ticket t = lc_track_take(a, LC_FN_REALLOC, &here);
    cr_assert(eq(u32, t.site, LC_SITE_NONE));
    lc_track_restore(t);
    cr_assert(eq(int, last_error().kind, LC_FREE_UNKNOWN));
    cr_assert(counts_are(0, 0, 0));
}

Test(track, what_new_gets_from_malloc_is_news)
{
    init();
    cr_assert(lc_track_enter(&here));
    alloc(a, 100);
    lc_track_leave(a, 90, LC_FN_NEW, &here);
    cr_assert(eq(u32, only().function, LC_FN_NEW));
    cr_assert(eq(u64, only().size, 90));
    cr_assert(counts_are(1, 0, 90));
}

Test(track, what_else_new_allocates_is_recorded_in_its_own_name)
{
    init();
    lc_track_enter(&here);
    alloc(a, 100); /* a pool of the program's own operator new, of which it gives a part */
    lc_track_leave((char *)a + 32, 8, LC_FN_NEW, &here);
    cr_assert(counts_are(2, 0, 108));
    release(a);
    cr_assert(eq(u32, only().function, LC_FN_NEW));
}

Test(track, a_header_that_new_puts_before_its_block_is_part_of_it)
{
    uintptr_t outer;
    init();
    lc_track_enter(&here);
    alloc(a, 116);
    lc_track_leave((char *)a + 16, 100, LC_FN_NEW, &here);
    cr_assert(counts_are(1, 0, 100));
    lc_track_enter_delete((char *)a + 16, LC_FN_DELETE, &here, &outer);
    release(a);
    lc_track_leave_delete(outer, &here);
    cr_assert(counts_are(1, 1, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, a_door_that_was_left_by_longjmp_does_not_keep_what_comes_after)
{
    init();
    struct lc_context outside = {here.pc, here.sp + 64, here.fp};
    lc_track_enter(&here);
    alloc(a, 1);
    lc_track_alloc(b, 2, LC_FN_MALLOC, &outside);
    cr_assert(counts_are(2, 0, 3));
}

Test(track, what_new_allocates_and_frees_is_nothing)
{
    init();
    lc_track_enter(&here);
    alloc(a, 100);
    release(a);
    lc_track_leave(NULL, 0, LC_FN_NEW, &here);
    cr_assert(counts_are(0, 0, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, the_outermost_of_nested_doors_gives_the_name)
{
    init();
    lc_track_enter(&here);
    lc_track_enter(&here);
    alloc(a, 100);
    lc_track_leave(a, 100, LC_FN_NEW, &here);
    lc_track_leave(a, 100, LC_FN_NEW_ARRAY, &here);
    cr_assert(eq(u32, only().function, LC_FN_NEW_ARRAY));
    cr_assert(counts_are(1, 0, 100));
}

Test(track, more_nested_blocks_than_there_is_room_for_are_all_recorded)
{
    enum { COUNT = LC_NESTED_MAX + 3 };
    init();
    lc_track_enter(&here);
    for (int i = 0; i < COUNT; i++)
        alloc((char *)a + 32 * i, 10);
    lc_track_leave((char *)a + 32, 10, LC_FN_NEW, &here);
    cr_assert(counts_are(COUNT, 0, 10 * COUNT));
    for (int i = 0; i < COUNT; i++)
        lc_track_free((char *)a + 32 * i, i == 1 ? LC_FN_DELETE : LC_FN_FREE, &here);
    cr_assert(counts_are(COUNT, COUNT, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, deletes_own_free_is_not_counted)
{
    uintptr_t outer;
    init();
    lc_track_alloc(a, 100, LC_FN_NEW, &here);
    alloc(b, 10);
    cr_assert(lc_track_enter_delete(a, LC_FN_DELETE, &here, &outer));
    release(a);
    release(b); /* control: another block is */
    lc_track_leave_delete(outer, &here);
    cr_assert(counts_are(2, 2, 0));
    cr_assert(eq(uint, errors_told(), 0));
    release(a);
    cr_assert(eq(int, last_error().kind, LC_FREE_TWICE)); /* and the next one is wrong again */
}

Test(track, a_delete_inside_of_a_delete)
{
    uintptr_t first, second;
    init();
    lc_track_alloc(a, 100, LC_FN_NEW_ARRAY, &here);
    lc_track_enter_delete(a, LC_FN_DELETE_ARRAY, &here, &first);
    lc_track_enter_delete(a, LC_FN_DELETE, &here, &second); /* as libstdc++ does */
    release(a);
    lc_track_leave_delete(second, &here);
    lc_track_leave_delete(first, &here);
    cr_assert(counts_are(1, 1, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, a_delete_of_a_part_inside_of_the_wholes)
{
    uintptr_t first, second;
    init();
    lc_track_alloc(a, 100, LC_FN_NEW, &here);
    lc_track_alloc(b, 10, LC_FN_NEW, &here);
    lc_track_enter_delete(a, LC_FN_DELETE, &here, &first);
    lc_track_enter_delete(b, LC_FN_DELETE, &here, &second);
    release(b);
    lc_track_leave_delete(second, &here);
    release(a);
    lc_track_leave_delete(first, &here);
    cr_assert(counts_are(2, 2, 0));
    cr_assert(eq(uint, errors_told(), 0));
}

Test(track, a_block_of_a_handler_in_a_handler_has_no_stack_and_is_not_lost)
{
    init();
    struct lc_thread *t = lc_thread_self();
    lc_thread_borrow(t);
    alloc(a, 1);
    cr_assert(counts_are(1, 0, 1)); /* control: one handler has its recorder */
    lc_thread_borrow(t);
    alloc(b, 1);
    cr_assert(counts_are(2, 0, 2));
    cr_assert(eq(u64, lc_thread_totals().dropped, 0));
    cr_assert(eq(u64, lc_thread_totals().truncated_stacks, 1));
    release(b);
    cr_assert(counts_are(2, 1, 1));
    cr_assert(eq(uint, errors_told(), 0));
}

static bool is_mapped(uintptr_t start, uintptr_t end)
{
    struct lc_mapping m;
    return lc_mappings_find((struct lc_range){start, end}, &m);
}

Test(track, a_mapping_is_remembered_until_it_is_unmapped)
{
    struct lc_mapping m;
    init();
    lc_track_map((struct lc_range){0x1000, 0x4000}, LC_FN_MMAP, &here);
    cr_assert(lc_mappings_find((struct lc_range){0x3000, 0x3001}, &m));
    cr_assert(eq(uptr, lc_depot_get(m.stack)->address, here.pc));
    lc_track_unmap((struct lc_range){0x2000, 0x4000});
    cr_assert(is_mapped(0x1000, 0x2000));
    cr_assert(not(is_mapped(0x2000, 0x4000)));
}

Test(track, a_mremap_takes_and_restores_its_range)
{
    init();
    lc_track_map((struct lc_range){0x1000, 0x4000}, LC_FN_MMAP, &here);
    struct lc_mapping m = lc_track_take_mapping((struct lc_range){0x2000, 0x3000});
    cr_assert(not(is_mapped(0x2000, 0x3000)));
    cr_assert(is_mapped(0x1000, 0x2000));
    lc_track_restore_mapping(m);
    cr_assert(is_mapped(0x2000, 0x3000));
    m = lc_track_take_mapping((struct lc_range){0x8000, 0x9000}); /* control: not known */
    cr_assert(lc_range_is_empty(m.range));
    lc_track_restore_mapping(m);
    cr_assert(not(is_mapped(0x8000, 0x9000)));
}

Test(track, a_shared_segment_is_detached_whole_by_its_start)
{
    init();
    lc_track_map((struct lc_range){0x1000, 0x4000}, LC_FN_SHMAT, &here);
    lc_track_detach(0x2000); /* control: none starts there */
    cr_assert(is_mapped(0x1000, 0x4000));
    lc_track_detach(0x1000);
    cr_assert(not(is_mapped(0x1000, 0x4000)));
}
