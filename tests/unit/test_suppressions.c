/* Patterns of suppressions, as LeakSanitizer's sanitizer_common/sanitizer_common.cpp (TemplateMatch) decides. */
#include "report/suppressions.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static bool matches(const char *pattern, const char *text)
{
    return lc_suppressions_stands_in(pattern, strlen(pattern), text);
}

Test(suppressions, a_pattern_stands_anywhere)
{
    cr_assert(matches("leak", "make_leak_here"));
    cr_assert_not(matches("leak", "make_here"));
    cr_assert_not(matches("leak", ""));
}

Test(suppressions, ends_can_be_named)
{
    cr_assert(matches("^make", "make_leak"));
    cr_assert_not(matches("^leak", "make_leak"));
    cr_assert(matches("leak$", "make_leak"));
    cr_assert_not(matches("make$", "make_leak"));
    cr_assert(matches("^make$", "make"));
    cr_assert_not(matches("^make$", "makes"));
}

Test(suppressions, stars_stand_for_anything)
{
    cr_assert(matches("m*k*h", "make_leak_here"));
    cr_assert(matches("^make*here$", "make_leak_here"));
    cr_assert_not(matches("^make*there", "make_leak_here"));
    cr_assert(matches("*leak*", "leak"));
    cr_assert(matches("leak*$", "leaks"));
}

static unsigned locate(struct lc_namer *namer, const struct lc_findings *f, uint32_t frame, struct lc_location *out, unsigned max)
{
    static const char *const functions[] = {"main", "make"};
    (void)namer, (void)f, (void)max;
    *out = (struct lc_location){.function = functions[frame], .file = "tree.c"};
    return 1;
}

static enum lc_leak_kind kind_after(const char *rules)
{
    struct lc_frame frames[] = {{.outer = LC_NONE, .module = 0}, {.outer = 0, .module = LC_NONE}};
    struct lc_module module = {.path = "/bin/tree"};
    struct lc_leak leak = {.kind = LC_LEAK_DEFINITE, .site = {"malloc", 0, 1}};
    struct lc_findings f = {
        .frames = frames, .frame_count = 2, .modules = &module, .module_count = 1, .leaks = &leak, .leak_count = 1};
    struct lc_namer namer = {.locate = locate};
    struct lc_suppressions s = {0};
    lc_suppressions_add(&s, "rules", rules);
    lc_suppressions_apply(&s, &f, &namer);
    return leak.kind;
}

Test(suppressions, module_function_and_file_of_each_frame_are_tried)
{
    cr_assert_eq(kind_after("leak:bin/tree"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("leak:^make$\n"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("# a comment\n\nrace:make\n  leak:tree.c  \r\n"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("#leak:make\nrace:make\nleak:\nleak:other"), LC_LEAK_DEFINITE);
    cr_assert_eq(kind_after(""), LC_LEAK_DEFINITE);
}

static unsigned told_line;
static char told[128];

/* "rules:4: expected ..." */
static void tell(const char *text)
{
    if (!told_line)
        sscanf(text, "rules:%u:", &told_line);
    snprintf(told, sizeof told, "%s", text);
}

/* How many are understood; the first wrong line is in told_line. */
static size_t count_of(const char *rules)
{
    struct lc_suppressions s = {.complain = tell};
    told_line = 0;
    lc_suppressions_add(&s, "rules", rules);
    return s.count;
}

Test(suppressions, valgrinds_blocks_match_from_the_innermost_frame)
{
    cr_assert_eq(kind_after("{\n n\n Memcheck:Leak\n fun:malloc\n fun:make\n}\n"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("{\n n\n Memcheck:Leak\n ...\n fun:m?in\n}\n"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("{\n n\n Other,Memcheck:Leak\n fun:*alloc\n src:tree.c\n obj:/bin/*\n}\n"), LC_LEAK_SUPPRESSED);
    cr_assert_eq(kind_after("{\n n\n Memcheck:Leak\n fun:make\n}\n"), LC_LEAK_DEFINITE);
    cr_assert_eq(kind_after("{\n n\n Memcheck:Leak\n fun:malloc\n fun:main\n}\n"), LC_LEAK_DEFINITE);
    cr_assert_eq(kind_after("{\n n\n Memcheck:Leak\n match-leak-kinds: possible,reachable\n fun:malloc\n}\n"), LC_LEAK_DEFINITE);
    cr_assert_eq(kind_after("{\n n\n Memcheck:Cond\n fun:malloc\n}\n"), LC_LEAK_DEFINITE);
}

Test(suppressions, what_is_wrong_is_told_with_its_line_and_the_rest_holds)
{
    cr_assert_eq(count_of("{\n n\n Memcheck:Leak\n func:x\n}\nleak:a\n"), 1);
    cr_assert_eq(told_line, 4);
    cr_assert_eq(count_of("# c\n\n{\n n\n nonsense\n}\nleak:a\n"), 1);
    cr_assert_eq(told_line, 5);
    cr_assert_eq(count_of("{\n n\n Memcheck:Leak\n ...\n}\nleak:a\n"), 1);
    cr_assert_eq(count_of("leak:a\n{\n n\n Memcheck:Leak\n fun:x"), 1);
    cr_assert(strstr(told, "expected '}'"));
    cr_assert_eq(count_of("leak:a\r\nleak:b\r\n"), 2);
    cr_assert_eq(told_line, 0);
    cr_assert_eq(count_of("{\n n\n Memcheck:Leak\n match-leak-kinds: some\n fun:x\n}\n"), 0);
    cr_assert_eq(told_line, 4);
}
