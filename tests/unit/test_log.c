/* The log there and back: src/report/log_write.c and tools/log_read.c. */
#include "log_read.h"
#include "report/log_write.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NASTY "100% of\n\x1b[31m \xc3\xa9 \xff=\t"

static const char *const arguments[] = {"prog", "", NASTY};
static const char *const options[] = {"num-callers=12"};
static const char *const notes[] = {"a note", NASTY};

static struct lc_module modules[] = {
    {.range = {0x1000, 0x2000}, .bias = 0x1000, .path = "/lib/" NASTY, .build_id = "00ff"},
    {.range = {0x7fffffff0000, UINTPTR_MAX}, .bias = 0, .is_closed = true, .path = "[vdso]", .build_id = ""},
};
static struct lc_frame frames[] = {
    {.address = 0x1234, .outer = LC_NONE, .module = 0},
    {.address = UINTPTR_MAX, .outer = 0, .module = LC_NONE, .is_exact = true},
    {.address = 0x1111, .outer = LC_NONE, .module = 1, .is_cut = true},
};
static struct lc_leak leaks[] = {
    {.site = {"operator new(unsigned long)", 0x1500, 1}, .bytes = UINT64_MAX, .blocks = 1},
    {.site = {"malloc", 0x1600, LC_NONE}, .bytes = 0, .blocks = 7,
     .has_footprint = true, .footprint = {1, 2, 3, 4, 5}},
};
static struct lc_arena arenas[] = {{"main arena " NASTY, 0x7000, 1, 2, 3, 4, 5, 6, 7, 8}};
static struct lc_module_size sizes[] = {{"/lib/" NASTY, 1, 2, 3}};
static struct lc_vm_fact facts[] = {{LC_FACT_LIMIT, "RLIMIT_AS", LC_FACT_UNLIMITED, 0}, {LC_FACT_CGROUP, "limit", 0, 13}};
static struct lc_block blocks[] = {{.address = 0x9000, .size = 24, .site = {"malloc", 0x1600, 2}}};
static struct lc_error errors[] = {
    {LC_ERROR_DOUBLE_FREE, 3, 0x9000, {"free", 0x1700, 0}, 24, {"malloc", 0x1600, 2}, NULL, NULL},
    {LC_ERROR_INVALID_FREE, 1, 0x42, {"free", 0x1700, 1}, 0, {"", 0, LC_NONE}, NULL, NULL},
};
static struct lc_region regions[] = {
    {.vm = {.range = {0x1000, 0x2000}, .permissions = "r-xp", .kind = LC_REGION_CODE, .name = NASTY},
     .purpose = "",
     .site = {"", 0, LC_NONE}},
    {.vm = {.range = {0x9000, 0xa000},
            .permissions = "rw-s",
            .kind = LC_REGION_OWN,
            .offset = 0x3000,
            .has_residency = true,
            .resident = 1,
            .proportional = 2,
            .dirty = 3,
            .swapped = 4,
            .locked = 5,
            .huge = 6,
            .lazy = 7,
            .zero = 8,
            .guard = 9,
            .name = ""},
     .purpose = "tables",
     .site = {"mmap", 0x1800, 1}},
};

static const struct lc_findings sample = {
    .process = {.pid = 12,
                .ppid = 1,
                .is_main = true,
                .executable = "/bin/prog",
                .directory = "/tmp/" NASTY,
                .arguments = arguments,
                .argument_count = LC_ARRAY_LEN(arguments),
                .start_unix_ms = 1700000000123,
                .duration_ms = 45,
                .end_kind = LC_END_SIGNAL,
                .end_value = 11},
    .version = "0.1.0",
    .options = options,
    .option_count = LC_ARRAY_LEN(options),
    .modules = modules,
    .module_count = LC_ARRAY_LEN(modules),
    .frames = frames,
    .frame_count = LC_ARRAY_LEN(frames),
    .leaks = leaks,
    .leak_count = LC_ARRAY_LEN(leaks),
    .blocks = blocks,
    .block_count = LC_ARRAY_LEN(blocks),
    .has_blocks = true,
    .errors = errors,
    .error_count = LC_ARRAY_LEN(errors),
    .regions = regions,
    .region_count = LC_ARRAY_LEN(regions),
    .heap = {1, 2, 3, 4, 5, 6},
    .memory = {true, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
    .own_bytes = 99,
    .has_footprints = true,
    .footprints = {[LC_LEAK_DEFINITE] = {1, 2, 3, 4, 5}},
    .arenas = arenas,
    .arena_count = LC_ARRAY_LEN(arenas),
    .sizes = sizes,
    .size_count = LC_ARRAY_LEN(sizes),
    .facts = facts,
    .fact_count = LC_ARRAY_LEN(facts),
    .coverage = {1, 2, 3, 4},
    .notes = notes,
    .note_count = LC_ARRAY_LEN(notes),
};

/* The log of `f`, in memory of malloc. */
static char *written(const struct lc_findings *f)
{
    char *text = calloc(1, 1 << 16);
    struct lc_out out;
    lc_out_init(&out, -1, text, (1 << 16) - 1);
    cr_assert_eq(lc_log_write(&out, f), 0);
    return text;
}

static struct lc_logs parsed(const char *text)
{
    struct lc_logs logs = {0};
    lc_logs_parse(&logs, "x.log", strdup(text), strlen(text));
    return logs;
}

Test(log, comes_back_as_it_was)
{
    char *first = written(&sample);
    struct lc_logs logs = parsed(first);
    cr_assert_eq(logs.at[0].problem.count, 0, "%s", logs.at[0].problem.text);
    char *second = written(&logs.at[0].findings);
    cr_assert_str_eq(first, second);

    const struct lc_findings *f = &logs.at[0].findings;
    cr_assert_str_eq(f->process.arguments[2], NASTY);
    cr_assert_str_eq(f->modules[0].path, "/lib/" NASTY);
    cr_assert(f->modules[1].is_closed);
    cr_assert_eq(f->frames[1].outer, 0);
    cr_assert(f->frames[2].is_cut);
    cr_assert_eq(f->leaks[0].bytes, UINT64_MAX);
    cr_assert_eq(f->leaks[1].site.stack, LC_NONE);
    cr_assert(!f->regions[0].vm.has_residency);
    cr_assert_eq(f->regions[1].vm.swapped, 4);
    cr_assert_eq(f->regions[1].vm.guard, 9);
    cr_assert_eq(f->leaks[1].footprint.pinned, 5);
    cr_assert_eq(f->footprints[LC_LEAK_DEFINITE].swapped, 2);
    cr_assert_eq(f->arenas[0].overhead_resident, 8);
    cr_assert_eq(f->sizes[0].bss, 3);
    cr_assert_eq(f->facts[0].value, LC_FACT_UNLIMITED);
    cr_assert_eq(f->facts[1].error, 13);
    cr_assert_str_eq(f->regions[1].site.function, "mmap");
    cr_assert_str_eq(f->errors[1].origin.function, "");
    cr_assert(f->memory.is_known);
    lc_logs_free(&logs);
    free(first);
    free(second);
}

Test(log, is_printable_ascii_and_a_line_a_record)
{
    char *text = written(&sample);
    for (const char *p = text; *p; p++)
        cr_assert(*p == '\n' || (*p >= ' ' && *p < 0x7f), "byte %02x", (unsigned char)*p);
    free(text);
}

Test(log, without_proc_has_no_memory_but_its_own)
{
    struct lc_findings f = sample;
    f.memory = (struct lc_vm_status){0};
    char *text = written(&f);
    cr_assert(strstr(text, "\nmemory own=99\n"));
    struct lc_logs logs = parsed(text);
    cr_assert(!logs.at[0].findings.memory.is_known);
    cr_assert_eq(logs.at[0].findings.own_bytes, 99);
    lc_logs_free(&logs);
    free(text);
}

Test(log, cut_anywhere_is_truncated)
{
    char *text = written(&sample);
    size_t len = strlen(text);
    for (size_t cut = len; cut-- > 0;) {
        text[cut] = '\0';
        struct lc_logs logs = parsed(text);
        cr_assert_neq(logs.at[0].problem.count, 0, "cut at %zu", cut);
        cr_assert(logs.at[0].findings.is_partial || !logs.at[0].is_log, "cut at %zu", cut);
        lc_logs_free(&logs);
    }
    free(text);
}

/* The problem that the sample has when `from` in its text becomes `to`. */
static void expect_problem(const char *from, const char *to, const char *problem)
{
    char *text = written(&sample);
    char *at = strstr(text, from);
    cr_assert(at, "no '%s' in the log", from);
    char *changed = NULL;
    cr_assert_geq(asprintf(&changed, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)), 0);
    struct lc_logs logs = parsed(changed);
    cr_assert(strstr(logs.at[0].problem.text, problem), "'%s' became '%s': %s", from, to,
              logs.at[0].problem.text);
    if (logs.at[0].is_log && *problem && !strstr(problem, "version"))
        cr_assert(logs.at[0].findings.is_partial, "'%s' became '%s'", from, to);
    lc_logs_free(&logs);
    free(changed);
    free(text);
}

Test(log, damage_is_told)
{
    expect_problem("leakcheck-log 1", "leakcheck-log 2", "version 2");
    expect_problem("leakcheck-log 1", "leakcheck-log x", "version unknown");
    expect_problem("leakcheck-log 1", "mtrace 1", "not a leakcheck log");
    expect_problem("bytes=18446744073709551615", "bytes=18446744073709551616", "bytes= is no number");
    expect_problem("bytes=18446744073709551615", "bytes=-1", "bytes= is no number");
    expect_problem("bytes=18446744073709551615", "bytes=", "bytes= is no number");
    expect_problem(" blocks=1 ", " ", "no blocks=");
    expect_problem("stack=1", "stack=3", "stack= names nothing that stands before it");
    expect_problem("outer=0", "outer=1", "outer= names nothing that stands before it");
    expect_problem("kind=double-free", "kind=quadruple-free", "kind= is no word");
    expect_problem("perm=r-xp", "perm=rw", "perm= is not like");
    expect_problem("id=2 outer", "id=1 outer", "id= is out of order");
    expect_problem("start=0x1000 end=0x2000", "start=0x3000 end=0x2000", "end= is before start=");
    expect_problem("blocks count=1", "blocks count=2", "there are 1 blocks");
    expect_problem("live-blocks=4", "live-blocks=9", "9 live blocks, the leak lines before it only 8");
    expect_problem("note text", "etc text=", "");
    expect_problem("note text=a%20note\n", "", "lines before this one");
}

Test(log, files_hold_several)
{
    char *text = written(&sample);
    char *twice = NULL;
    cr_assert_geq(asprintf(&twice, "%s%s", text, text), 0);
    struct lc_logs logs = parsed(twice);
    cr_assert_eq(logs.count, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_assert_eq(logs.at[i].problem.count, 0, "%s", logs.at[i].problem.text);
        char *again = written(&logs.at[i].findings);
        cr_assert_str_eq(again, text);
        free(again);
    }
    lc_logs_free(&logs);
    free(twice);
    free(text);
}

Test(log, unknown_words_and_keys_are_skipped)
{
    static const char text[] =
        "leakcheck-log 1\nfuture a=b =c d\n\nheap allocations=1 frees=0 bytes=9 live-blocks=0 "
        "live-bytes=9 peak-bytes=9 extra=yes\nend lines=4\n";
    struct lc_logs logs = parsed(text);
    cr_assert_eq(logs.at[0].problem.count, 0, "%s", logs.at[0].problem.text);
    cr_assert_eq(logs.at[0].findings.heap.bytes, 9);
    lc_logs_free(&logs);
}
