/* Patterns of suppressions, as LeakSanitizer's sanitizer_common/sanitizer_common.cpp (TemplateMatch) decides. */
#include "report/suppressions.h"

#include <criterion/criterion.h>
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
