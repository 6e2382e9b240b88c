#include "vm/maps.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#define REGIONS_MAX 16

struct seen {
    size_t count;
    struct lc_vm_region regions[REGIONS_MAX];
    char names[REGIONS_MAX][LC_MAPS_LINE_MAX];
};

static struct lc_maps parser;
static struct seen seen;

static void see(void *arg, const struct lc_vm_region *region)
{
    struct seen *s = arg;
    if (s->count < REGIONS_MAX) {
        s->regions[s->count] = *region;
        strcpy(s->names[s->count], region->name);
    }
    s->count++;
}

static void parse_in_pieces(const char *text, size_t piece)
{
    size_t len = strlen(text);
    seen.count = 0;
    lc_maps_init(&parser, see, &seen);
    for (size_t at = 0; at < len; at += piece)
        lc_maps_feed(&parser, text + at, len - at < piece ? len - at : piece);
    lc_maps_finish(&parser);
}

static void parse(const char *text)
{
    parse_in_pieces(text, strlen(text));
}

static const char maps_text[] =
    "55d0c4a00000-55d0c4a02000 r-xp 00002000 fe:01 1311051                    /usr/bin/cat\n"
    "55d0c5e00000-55d0c5e21000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 \n"
    "7f0000021000-7f0004000000 ---p 00000000 00:00 0\n"
    "7f1000000000-7f1000001000 r--s 00000000 00:01 7                          /dev/zero (deleted)\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

Test(vm_maps, reads_every_column)
{
    parse(maps_text);
    cr_assert(eq(sz, seen.count, 6));
    cr_assert(eq(u64, parser.malformed, 0));
    const struct lc_vm_region *cat = &seen.regions[0];
    cr_assert(eq(u64, cat->range.start, 0x55d0c4a00000));
    cr_assert(eq(u64, cat->range.end, 0x55d0c4a02000));
    cr_assert_str_eq(cat->permissions, "r-xp");
    cr_assert(eq(u64, cat->offset, 0x2000));
    cr_assert(eq(u64, cat->inode, 1311051));
    cr_assert_str_eq(seen.names[0], "/usr/bin/cat");
    cr_assert(not(cat->has_residency));
    cr_assert_str_eq(seen.names[2], "");
    cr_assert_str_eq(seen.names[3], "");
    cr_assert_str_eq(seen.names[4], "/dev/zero (deleted)");
    cr_assert(eq(u64, seen.regions[5].range.end, 0xffffffffff601000));
}

Test(vm_maps, does_not_care_where_pieces_end)
{
    for (size_t piece = 1; piece < sizeof maps_text; piece++) {
        parse_in_pieces(maps_text, piece);
        cr_assert(eq(sz, seen.count, 6));
        cr_assert_str_eq(seen.names[4], "/dev/zero (deleted)");
        cr_assert(eq(u64, parser.malformed, 0));
    }
}

Test(vm_maps, sums_the_figures_of_smaps)
{
    parse("7f0000000000-7f0000400000 rw-p 00000000 00:00 0 \n"
          "Size:               4096 kB\n"
          "KernelPageSize:        4 kB\n"
          "Rss:                2104 kB\n"
          "Pss:                1052 kB\n"
          "Pss_Dirty:          1000 kB\n"
          "Shared_Clean:          4 kB\n"
          "Shared_Dirty:          8 kB\n"
          "Private_Clean:        16 kB\n"
          "Private_Dirty:      2076 kB\n"
          "AnonHugePages:      2048 kB\n"
          "ShmemPmdMapped:        1 kB\n"
          "FilePmdMapped:         2 kB\n"
          "Swap:                 12 kB\n"
          "SwapPss:               6 kB\n"
          "Locked:               64 kB\n"
          "THPeligible:    0\n"
          "VmFlags: rd wr mr mw me ac sd \n"
          "7f0000400000-7f0000401000 rw-p 00000000 00:00 0 \n");
    cr_assert(eq(sz, seen.count, 2));
    cr_assert(eq(u64, parser.malformed, 0));
    const struct lc_vm_region *r = &seen.regions[0];
    cr_assert(r->has_residency);
    cr_assert(eq(u64, r->resident, 2104 << 10));
    cr_assert(eq(u64, r->proportional, 1052 << 10));
    cr_assert(eq(u64, r->dirty, (8 + 2076) << 10));
    cr_assert(eq(u64, r->swapped, 12 << 10));
    cr_assert(eq(u64, r->locked, 64 << 10));
    cr_assert(eq(u64, r->huge, (2048 + 1 + 2) << 10));
    cr_assert(not(seen.regions[1].has_residency));
    cr_assert(eq(u64, seen.regions[1].resident, 0));
}

Test(vm_maps, keeps_odd_names)
{
    static const struct {
        const char *text, *name;
    } odd[] = {
        {"/tmp/a name  with blanks ", "/tmp/a name  with blanks "},
        {"/tmp/two\\012lines\\012", "/tmp/two\nlines\n"},
        {"/tmp/no\\040escape\\01", "/tmp/no\\040escape\\01"},
        {"/tmp/lib.so (deleted)", "/tmp/lib.so (deleted)"},
        {"/memfd:a: b (deleted)", "/memfd:a: b (deleted)"},
        {"[anon: glibc: malloc arena]", "[anon: glibc: malloc arena]"},
        {"/anon_hugepage (deleted)", "/anon_hugepage (deleted)"},
        {"anon_inode:[io_uring]", "anon_inode:[io_uring]"},
        {"/tmp/\xc3\xa9\xff\t", "/tmp/\xc3\xa9\xff\t"},
    };
    for (size_t i = 0; i < LC_ARRAY_LEN(odd); i++) {
        char text[256] = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0                          ";
        strcat(strcat(text, odd[i].text), "\n");
        parse(text);
        cr_assert(eq(sz, seen.count, 1));
        cr_assert_str_eq(seen.names[0], odd[i].name);
    }
}

Test(vm_maps, a_name_of_path_max_survives)
{
    char text[5000] = "1000-2000 rw-p 00000000 00:00 0 /";
    size_t begin = strlen(text) - 1;
    memset(text + begin + 1, 'x', 4095);
    strcpy(text + begin + 4095, " (deleted)\n");
    parse(text);
    cr_assert(eq(sz, strlen(seen.names[0]), 4095 + strlen(" (deleted)")));
}

Test(vm_maps, a_longer_name_is_cut_visibly)
{
    static char text[40000] = "1000-2000 rw-p 00000000 00:00 0 /";
    memset(text + strlen(text), 'x', 30000);
    strcat(text, "\n2000-3000 r--p 00000000 00:00 0 /next\n");
    parse(text);
    cr_assert(eq(sz, seen.count, 2));
    size_t len = strlen(seen.names[0]);
    cr_assert(gt(sz, len, 4095));
    cr_assert_str_eq(seen.names[0] + len - 4, "x" LC_MAPS_CUT);
    cr_assert_str_eq(seen.names[1], "/next");
}

Test(vm_maps, counts_what_is_no_region)
{
    static const char *const bad[] = {
        "",
        "7f0000000000",
        "2000-1000 rw-p 00000000 00:00 0 ",
        "1000-1000 rw-p 00000000 00:00 0 ",
        "1000-2000 rw-q 00000000 00:00 0 ",
        "1000-2000 rw",
        "1000-2000 rw-p 00000000 00:00",
        "11111111111111111-22222222222222222 rw-p 00000000 00:00 0",
        "1000-2000 rw-p 00000000 00:00 99999999999999999999999",
        "Rss:   4 kB",
    };
    for (size_t i = 0; i < LC_ARRAY_LEN(bad); i++) {
        char text[256];
        strcat(strcpy(text, bad[i]), "\n");
        parse(text);
        cr_assert(eq(sz, seen.count, 0), "%s", bad[i]);
        cr_assert(eq(u64, parser.malformed, 1), "%s", bad[i]);
    }
}

Test(vm_maps, a_line_that_does_not_end_is_none)
{
    parse("1000-2000 rw-p 00000000 00:00 0 /whole\n2000-3000 rw-p 00000000 00:00 0 /ha");
    cr_assert(eq(sz, seen.count, 1));
    cr_assert_str_eq(seen.names[0], "/whole");
}

Test(vm_maps, figures_that_are_too_large_saturate)
{
    parse("1000-2000 rw-p 00000000 00:00 0 \n"
          "Rss: 99999999999999999999999999 kB\n"
          "Swap: 18446744073709551615 kB\n"
          "Shared_Dirty: 18014398509481983 kB\n"
          "Private_Dirty: 18014398509481983 kB\n"
          "Locked: kB\n");
    cr_assert(eq(u64, seen.regions[0].resident, UINT64_MAX));
    cr_assert(eq(u64, seen.regions[0].swapped, UINT64_MAX));
    cr_assert(eq(u64, seen.regions[0].dirty, UINT64_MAX));
    cr_assert(eq(u64, seen.regions[0].locked, 0));
}

Test(vm_maps, sixty_thousand_regions)
{
    char line[128];
    lc_maps_init(&parser, see, &seen);
    for (uint64_t i = 1; i <= 60000; i++) {
        snprintf(line, sizeof line, "%lx-%lx %s 00000000 00:00 0 \n", i << 12, (i + 1) << 12, i % 2 ? "rw-p" : "r--p");
        lc_maps_feed(&parser, line, strlen(line));
    }
    lc_maps_finish(&parser);
    cr_assert(eq(sz, seen.count, 60000));
    cr_assert(eq(u64, parser.malformed, 0));
}
