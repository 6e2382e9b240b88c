/* What people read: src/report/text*.c, map_text.c, mtrace.c, escape.c. */
#include "report/escape.h"
#include "report/mtrace.h"
#include "report/text.h"

#include <criterion/criterion.h>
#include <string.h>

/* Frame 0: main. 1: work() with two functions inlined into it. 2: unknown, in a module. 3: below main.
 * 4: nothing is known. */
static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame,
                       struct lc_location *out, unsigned max)
{
    (void)namer, (void)f;
    static const struct lc_location names[][3] = {
        {{.function = "main", .file = "a.c", .line = 30}},
        {{.function = "inner", .file = "a.h", .line = 1, .is_inlined = true}, {.function = "middle", .file = "a.h", .line = 2, .is_inlined = true}, {.function = "work(int)", .file = "a.cc", .line = 20}},
        {{.function = NULL}},
        {{.function = "__libc_start_call_main"}},
        {{.function = NULL}},
    };
    unsigned count = frame == 1 && max >= 3 ? 3 : 1;
    memcpy(out, names[frame], count * sizeof *out);
    return count;
}

static struct lc_namer namer = {.locate = locate};

static struct lc_module modules[] = {
    {.range = {0x1000, 0x9000}, .bias = 0x1000, .path = "/lib/libx.so", .build_id = ""},
};
static struct lc_frame frames[] = {
    {.address = 0x2001, .outer = 3, .module = 0},
    {.address = 0xabcdf0, .outer = 0, .module = 0},
    {.address = 0x4001, .outer = 1, .module = 0},
    {.address = 0x3001, .outer = LC_NONE, .module = 0},
    {.address = 0x5001, .outer = LC_NONE, .module = LC_NONE, .is_cut = true},
};

static struct lc_findings findings(void)
{
    return (struct lc_findings){
        .process = {.pid = 7, .executable = "/bin/x", .directory = "/", .end_kind = LC_END_STATUS},
        .version = "0.1.0",
        .modules = modules,
        .module_count = 1,
        .frames = frames,
        .frame_count = LC_ARRAY_LEN(frames),
    };
}

static char buffer[1 << 16];

static struct lc_out *to_buffer(void)
{
    static struct lc_out out;
    memset(buffer, 0, sizeof buffer);
    lc_out_init(&out, -1, buffer, sizeof buffer - 1);
    return &out;
}

static char *stack_of(uint32_t stack, struct lc_text_style style)
{
    struct lc_findings f = findings();
    struct lc_site site = {"malloc", 0x1234, stack};
    lc_text_stack(to_buffer(), "==7== ", &f, &site, &namer, &style);
    return buffer;
}

Test(text, stack_in_valgrinds_shape)
{
    cr_assert_str_eq(stack_of(2, (struct lc_text_style){0}),
                     "==7==    at 0x1234: malloc (in /lib/libx.so)\n"
                     "==7==    by 0x4000: libx.so+0x3000 (in /lib/libx.so)\n"
                     "==7==    by 0xABCDEF: inner (a.h:1)\n"
                     "==7==    by 0xABCDEF: middle (a.h:2)\n"
                     "==7==    by 0xABCDEF: work(int) (a.cc:20)\n"
                     "==7==    by 0x2000: main (a.c:30)\n");
}

Test(text, verbose_shows_what_called_main)
{
    cr_assert(strstr(stack_of(0, (struct lc_text_style){.verbose = true}),
                     "main (a.c:30)\n==7==    by 0x3000: __libc_start_call_main (in /lib/libx.so)\n"));
    cr_assert(strstr(stack_of(3, (struct lc_text_style){0}), "by 0x3000: (below main) (in /lib/libx.so)\n"));
}

Test(text, shortened_stacks_say_so)
{
    cr_assert_str_eq(stack_of(2, (struct lc_text_style){.num_callers = 2}),
                     "==7==    at 0x1234: malloc (in /lib/libx.so)\n"
                     "==7==    by 0x4000: libx.so+0x3000 (in /lib/libx.so)\n"
                     "==7==    ... (3 more callers)\n");
    cr_assert(strstr(stack_of(4, (struct lc_text_style){0}),
                     "by 0x5000: ???\n==7==    ... (more callers: the stack was cut"));
    cr_assert(strstr(stack_of(LC_NONE, (struct lc_text_style){0}), "not captured"));
}

static char *report_of(struct lc_findings *f, struct lc_text_style style)
{
    lc_text_report(to_buffer(), f, &namer, &style);
    return buffer;
}

Test(text, records_by_bytes_the_biggest_last)
{
    struct lc_leak leaks[] = {
        {.site = {"malloc", 0x1234, 0}, .bytes = 2000000, .blocks = 1000},
        {.site = {"calloc", 0x1234, 0}, .bytes = 5, .blocks = 1},
        {.site = {"realloc", 0x1234, 1}, .bytes = 70, .blocks = 2},
    };
    struct lc_findings f = findings();
    f.leaks = leaks;
    f.leak_count = 3;
    f.heap.live_blocks = 1003;
    const char *text = report_of(&f, (struct lc_text_style){.memory_map = LC_MAP_NO});
    const char *first = strstr(text, "5 bytes in 1 blocks are not freed in loss record 1 of 3\n");
    const char *second = strstr(text, "70 bytes in 2 blocks are not freed in loss record 2 of 3\n");
    const char *third = strstr(text, "2,000,000 bytes in 1,000 blocks are not freed in loss record 3 of 3\n");
    cr_assert(first && second && third && first < second && second < third);
    cr_assert(strstr(text, "LEAK SUMMARY:\n==7==     not freed: 2,000,075 bytes in 1,003 blocks\n"));
    cr_assert(strstr(text, "ERROR SUMMARY: 3 errors from 3 contexts (suppressed: 0 from 0)\n"));
}

Test(text, nothing_left)
{
    struct lc_findings f = findings();
    cr_assert(strstr(report_of(&f, (struct lc_text_style){0}),
                     "All heap blocks were freed -- no leaks are possible\n"));
    cr_assert(strstr(buffer, "ERROR SUMMARY: 0 errors from 0 contexts"));
    cr_assert(!strstr(buffer, "NOT SEEN"));
    cr_assert_str_eq(report_of(&f, (struct lc_text_style){.quiet = true}), "");
}

Test(text, notes_come_before_all_else_and_are_no_good_news)
{
    const char *const notes[] = {"malloc is another's"};
    struct lc_findings f = findings();
    f.notes = notes;
    f.note_count = 1;
    cr_assert(strstr(report_of(&f, (struct lc_text_style){0}), "Command:\n==7== NOTE: malloc is another's\n==7== \n"));
    cr_assert(strstr(buffer, "is not known: no allocation was seen"));
    cr_assert(!strstr(buffer, "no leaks are possible"));
    cr_assert_str_eq(report_of(&f, (struct lc_text_style){.quiet = true}), "==7== NOTE: malloc is another's\n==7== \n");
    f.heap.allocations = 1;
    cr_assert(strstr(report_of(&f, (struct lc_text_style){0}), "no leaks are possible"));
}

Test(text, an_incomplete_log_is_no_good_news)
{
    struct lc_findings f = findings();
    f.is_partial = true;
    cr_assert(strstr(report_of(&f, (struct lc_text_style){.memory_map = LC_MAP_FULL}), "in use at exit: at least 0 bytes"));
    cr_assert(strstr(buffer, "this log is incomplete"));
    cr_assert(!strstr(buffer, "no leaks are possible"));
    cr_assert(strstr(buffer, "The process's regions are not in this log"));
    cr_assert(!strstr(buffer, "/proc"));
}

Test(text, a_quiet_summary_is_a_summary)
{
    struct lc_leak leaks[] = {{.site = {"malloc", 0x1234, 0}, .bytes = 2, .blocks = 1}};
    struct lc_findings f = findings();
    f.leaks = leaks;
    f.leak_count = 1;
    f.heap.live_blocks = 1;
    cr_assert(strstr(report_of(&f, (struct lc_text_style){.quiet = true, .leak_check = LC_CHECK_SUMMARY}),
                     "==7== LEAK SUMMARY:\n==7==     not freed: 2 bytes in 1 blocks\n"));
    cr_assert(!strstr(report_of(&f, (struct lc_text_style){.quiet = true}), "SUMMARY"));
    f.leak_count = 0;
    f.heap.live_blocks = 0;
    cr_assert_str_eq(report_of(&f, (struct lc_text_style){.quiet = true, .leak_check = LC_CHECK_SUMMARY}), "");
}

Test(text, every_line_has_the_prefix)
{
    struct lc_error errors[] = {
        {LC_ERROR_MISMATCHED_FREE, 2, 0x10, {"free", 0x1234, 1}, 4, {"operator new", 0x1235, 0}, NULL, NULL}};
    struct lc_leak leaks[] = {{.site = {"malloc", 0x1234, 0}, .bytes = 2, .blocks = 1}};
    const char *const notes[] = {"two\nlines"};
    struct lc_findings f = findings();
    f.errors = errors;
    f.error_count = 1;
    f.leaks = leaks;
    f.leak_count = 1;
    f.coverage = (struct lc_coverage){1, 0, 1, 0, 1};
    f.notes = notes;
    f.note_count = 1;
    char *text = report_of(&f, (struct lc_text_style){.verbose = true, .memory_map = LC_MAP_FULL});
    for (char *line; (line = strsep(&text, "\n")) && (*line || text);)
        cr_assert_eq(strncmp(line, "==7== ", 6), 0, "%s", line);
}

Test(text, map_fits_a_ci_log)
{
    struct lc_region regions[LC_REGION_KIND_COUNT];
    for (unsigned kind = 0; kind < LC_REGION_KIND_COUNT; kind++)
        regions[kind] = (struct lc_region){.vm = {.range = {0x7fffffff0000, 0x7fffffffffff},
                                                  .permissions = "rwxp",
                                                  .kind = (enum lc_region_kind)kind,
                                                  .has_residency = kind % 2,
                                                  .resident = (uint64_t)999 << (2 * kind),
                                                  .dirty = UINT32_MAX,
                                                  .proportional = (uint64_t)999 << (2 * kind),
                                                  .name = "/lib/x"},
                                           .purpose = "",
                                           .site = {"", 0, LC_NONE}};
    struct lc_findings f = findings();
    f.regions = regions;
    f.region_count = LC_REGION_KIND_COUNT;
    lc_text_memory_map(to_buffer(), "==1234567== ", &f, &namer, LC_MAP_FULL);
    char *text = buffer;
    for (char *line; (line = strsep(&text, "\n"));)
        cr_assert_leq(strlen(line), 100, "%s", line);
}

Test(mtrace, to_the_letter)
{
    struct lc_block blocks[] = {
        {.address = 0x2000, .size = 0x123456789, .site = {"malloc", 0, 2}},
        {.address = 0x1000, .size = 20, .site = {"malloc", 0, 0}},
    };
    struct lc_findings f = findings();
    f.blocks = blocks;
    f.block_count = 2;
    lc_mtrace_report(to_buffer(), &f, &namer);
    cr_assert_str_eq(buffer, "Process 7:\n"
                             "\nMemory not freed:\n-----------------\n"
                             "           Address     Size     Caller\n"
                             "0x0000000000001000     0x14  at a.c:30\n"
                             "0x0000000000002000 0x123456789  at 0x4001\n");
    f.block_count = 0;
    lc_mtrace_report(to_buffer(), &f, &namer);
    cr_assert_str_eq(buffer, "Process 7:\nNo memory leaks.\n");
}

Test(mtrace, errors_are_not_lost)
{
    struct lc_error errors[] = {
        {LC_ERROR_MISMATCHED_FREE, 1, 0x10, {"free", 0, 0}, 4, {"operator new", 0, 2}, NULL, NULL},
        {LC_ERROR_DOUBLE_FREE, 2, 0x20, {"realloc", 0, 0}, 4, {"malloc", 0, LC_NONE}, NULL, NULL},
        {LC_ERROR_DOUBLE_FREE, 1, 0x30, {"free", 0, 0}, 0, {"", 0, LC_NONE}, NULL, NULL},
        {LC_ERROR_INVALID_FREE, 1, 0x40, {"free", 0, 0}, 0, {"", 0, LC_NONE}, NULL, NULL},
    };
    struct lc_findings f = findings();
    f.errors = errors;
    f.error_count = 4;
    lc_mtrace_report(to_buffer(), &f, &namer);
    cr_assert_str_eq(buffer,
                     "Process 7:\n"
                     "- 0x0000000000000010 Free 1 by free at a.c:30 is mismatched, alloc'd by operator new at 0x4001\n"
                     "- 0x0000000000000020 Free 2 by realloc at a.c:30 was free'd before, alloc'd by malloc at ??? "
                     "(2 times)\n"
                     "- 0x0000000000000030 Free 3 by free at a.c:30 was free'd before\n"
                     "- 0x0000000000000040 Free 4 was never alloc'd a.c:30\n");
}

Test(mtrace, an_incomplete_log_is_no_good_news)
{
    struct lc_findings f = findings();
    f.is_partial = true;
    lc_mtrace_report(to_buffer(), &f, &namer);
    cr_assert_str_eq(buffer, "Process 7:\n");
}

static char *escaped(const char *s)
{
    lc_escape_text(to_buffer(), s);
    return buffer;
}

Test(escape, shows_text_and_disarms_the_rest)
{
    cr_assert_str_eq(escaped("plain 100% \\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"),
                     "plain 100% \\ \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80");
    cr_assert_str_eq(escaped("\x1b[2J\n\r\t\x7f"), "\\x1B[2J\\x0A\\x0D\\x09\\x7F");
    cr_assert_str_eq(escaped("\xc2\x9b"
                             "1m"),
                     "\\xC2\\x9B1m"); /* C1 CSI, in UTF-8 */
    cr_assert_str_eq(escaped("\x9b"
                             "1m \xff \xc3"),
                     "\\x9B1m \\xFF \\xC3");
    cr_assert_str_eq(escaped("\xc0\xaf \xed\xa0\x80 \xf4\x90\x80\x80 \xe0\x80\xaf"),
                     "\\xC0\\xAF \\xED\\xA0\\x80 \\xF4\\x90\\x80\\x80 \\xE0\\x80\\xAF");
}
