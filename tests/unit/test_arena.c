#include "base/arena.h"

#include "base/sys.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/resource.h>

static bool is_zero(const char *p, size_t len)
{
    while (len && *p == 0)
        p++, len--;
    return len == 0;
}

static bool is_ours(const void *address, const char *what)
{
    struct lc_own own;
    for (size_t i = 0; lc_pages_own(i, &own); i++)
        if (lc_range_has(own.range, (uintptr_t)address))
            return strcmp(own.what, what) == 0;
    return false;
}

Test(arena, pages_are_whole_zeroed_and_noted_as_ours)
{
    char *p = lc_pages_map(5000, "test");
    cr_assert(eq(uptr, (uintptr_t)p % LC_PAGE_SIZE, 0));
    cr_assert(is_zero(p, 2 * LC_PAGE_SIZE));
    cr_assert(is_ours(p, "test"));
    cr_assert(is_ours(p + 2 * LC_PAGE_SIZE - 1, "test"));
    cr_assert(not(is_ours(p + 2 * LC_PAGE_SIZE, "test")));
    cr_assert(eq(u64, lc_pages_own_bytes(), 2 * LC_PAGE_SIZE));
}

Test(arena, unmapped_pages_are_gone_and_no_longer_ours)
{
    char *p = lc_pages_map(5000, "test");
    lc_pages_unmap(p, 5000);
    cr_assert(not(is_ours(p, "test")));
    cr_assert(eq(u64, lc_pages_own_bytes(), 0));
    cr_assert(lt(long, lc_sys_copy(&(char){0}, (uintptr_t)p, 1), 0));
}

Test(arena, more_ranges_are_noted_than_one_chunk_holds)
{
    enum { COUNT = 2000 };
    static char *pages[COUNT];
    for (int i = 0; i < COUNT; i++)
        pages[i] = lc_pages_map(1, "test");
    for (int i = 0; i < COUNT; i++)
        cr_assert(is_ours(pages[i], "test"));
    enum { MORE_CHUNKS = 3 }; /* of 510 ranges, each noting itself first */
    struct lc_own own;
    cr_assert(lc_pages_own(COUNT + MORE_CHUNKS - 1, &own));
    cr_assert(not(lc_pages_own(COUNT + MORE_CHUNKS, &own)));
    for (int i = 1; i <= MORE_CHUNKS; i++) {
        cr_assert(lc_pages_own((size_t)i * 510, &own));
        cr_assert(strcmp(own.what, "tables") == 0);
    }
}

Test(arena, the_place_of_an_unmapped_range_is_used_again)
{
    struct lc_own own;
    for (int i = 0; i < 1000; i++)
        lc_pages_unmap(lc_pages_map(1, "test"), 1);
    cr_assert(lc_pages_own(0, &own));
    cr_assert(not(lc_pages_own(1, &own)));
}

Test(arena, want_of_memory_is_told)
{
    const struct rlimit little = {0, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &little);
    void *pages = lc_pages_map(1 << 20, "test");
    void *block = lc_pool_alloc(16);
    cr_assert(eq(ptr, pages, NULL));
    cr_assert(eq(ptr, block, NULL));
    cr_assert(eq(u64, lc_pages_own_bytes(), 0));
}

Test(arena, pool_blocks_of_every_size_are_apart_and_zeroed)
{
    enum { COUNT = 400 };
    static struct {
        char *p;
        size_t size;
    } blocks[COUNT];
    for (unsigned i = 0; i < COUNT; i++) {
        blocks[i].size = (size_t)i * i * 3 + 1; /* up to half a MiB */
        blocks[i].p = lc_pool_alloc(blocks[i].size);
        cr_assert(eq(uptr, (uintptr_t)blocks[i].p % 16, 0));
        cr_assert(is_zero(blocks[i].p, blocks[i].size));
        memset(blocks[i].p, (int)i % 255 + 1, blocks[i].size);
    }
    for (unsigned i = 0; i < COUNT; i++) {
        cr_assert(eq(int, (unsigned char)blocks[i].p[0], (int)i % 255 + 1));
        cr_assert(eq(int, (unsigned char)blocks[i].p[blocks[i].size - 1], (int)i % 255 + 1));
    }
}

Test(arena, a_pool_block_is_recycled_by_size)
{
    void *p = lc_pool_alloc(100);
    lc_pool_free(p, 100);
    cr_assert(ne(ptr, lc_pool_alloc(200), p)); /* control: another size */
    cr_assert(eq(ptr, lc_pool_alloc(65), p));  /* 65 .. 128 are one size */
    cr_assert(ne(ptr, lc_pool_alloc(65), p));
    lc_pool_free(NULL, 100);
}

Test(arena, every_freed_block_is_recycled)
{
    enum { COUNT = 100 };
    void *blocks[COUNT];
    for (int i = 0; i < COUNT; i++)
        blocks[i] = lc_pool_alloc(64);
    for (int i = 0; i < COUNT; i++)
        lc_pool_free(blocks[i], 64);
    for (int i = COUNT; i-- > 0;)
        cr_assert(eq(ptr, lc_pool_alloc(64), blocks[i])); /* the latest first */
}

Test(arena, a_string_is_copied)
{
    char s[] = "abc";
    char *copy = lc_pool_strdup(s);
    s[0] = 'x';
    cr_assert(eq(str, copy, "abc"));
    cr_assert(eq(str, lc_pool_strdup(""), ""));
}
