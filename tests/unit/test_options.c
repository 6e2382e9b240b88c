#include "base/options.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct lc_options o;
static char why[256];
static unsigned complaints;

static int set(const char *text)
{
    return lc_options_set(&o, text, strlen(text), why, sizeof why);
}

static void complain(const char *text)
{
    snprintf(why, sizeof why, "%s", text);
    complaints++;
}

static void parse(const char *text)
{
    lc_options_init(&o);
    lc_options_parse(&o, text, complain);
}

Test(options, nothing_differs_at_first)
{
    char item[64];
    lc_options_init(&o);
    cr_assert(not(lc_options_changed(&o, 0, item, sizeof item)));
    cr_assert(eq(uint, o.num_callers, 256));
    cr_assert(o.trace_children);
    cr_assert(eq(str, o.symbolizer, "auto"));
}

Test(options, one_of_each_type_is_set)
{
    lc_options_init(&o);
    cr_assert(eq(int, set("num-callers=40"), 0));
    cr_assert(eq(int, set("quiet=yes"), 0));
    cr_assert(eq(int, set("memory-map=full"), 0));
    cr_assert(eq(int, set("log-file=/tmp/a=b"), 0)); /* only the first = is ours */
    cr_assert(eq(uint, o.num_callers, 40));
    cr_assert(o.quiet);
    cr_assert(eq(int, o.memory_map, LC_MAP_FULL));
    cr_assert(eq(str, o.log_file, "/tmp/a=b"));
}

Test(options, a_second_word_for_the_same_choice)
{
    lc_options_init(&o);
    set("leak-check=no");
    cr_assert(eq(int, set("leak-check=yes"), 0));
    cr_assert(eq(int, o.leak_check, LC_CHECK_FULL));
}

Test(options, numbers_keep_within_their_bounds)
{
    lc_options_init(&o);
    cr_assert(eq(int, set("num-callers=1"), 0));
    cr_assert(eq(int, set("num-callers=256"), 0));
    cr_assert(eq(int, set("error-exitcode=0"), 0));
    cr_assert(eq(int, set("main-pid=4294967295"), 0));
    static const char *const wrong[] = {
        "num-callers=0", "num-callers=257", "num-callers=", "num-callers=-1", "num-callers=4x", "num-callers= 4",
        "error-exitcode=256", "main-pid=4294967296", "num-callers=18446744073709551617", "num-callers",
    };
    for (size_t i = 0; i < LC_ARRAY_LEN(wrong); i++)
        cr_assert(eq(int, set(wrong[i]), -EINVAL), "%s", wrong[i]);
    cr_assert(eq(uint, o.num_callers, 256));
}

Test(options, leak_kinds_are_a_set)
{
    lc_options_init(&o);
    cr_assert(eq(int, set("show-leak-kinds=none"), 0));
    cr_assert(eq(uint, o.show_leak_kinds, 0));
    cr_assert(eq(int, set("show-leak-kinds=definite,reachable"), 0));
    cr_assert(eq(uint, o.show_leak_kinds, 9));
    static const char *const wrong[] = {"", "definite,", ",definite", "definite,all", "Definite", "definit"};
    for (size_t i = 0; i < LC_ARRAY_LEN(wrong); i++) {
        char text[64] = "show-leak-kinds=";
        cr_assert(eq(int, set(strcat(text, wrong[i])), -EINVAL), "%s", wrong[i]);
    }
    cr_assert(eq(uint, o.show_leak_kinds, 9));
    cr_assert(eq(int, set("show-leak-kinds=all"), 0));
    cr_assert(eq(uint, o.show_leak_kinds, LC_KINDS_ALL));
}

Test(options, a_wrong_one_changes_nothing_and_says_what_is_right)
{
    lc_options_init(&o);
    cr_assert(eq(int, set("quiet=maybe"), -EINVAL));
    cr_assert(eq(str, why, "option 'quiet' takes yes|no, not 'maybe'"));
    cr_assert(eq(int, set("leak-check=definitely"), -EINVAL));
    cr_assert(eq(str, why, "option 'leak-check' takes no|summary|full, not 'definitely'"));
    cr_assert(eq(int, set("nosuch=1"), -EINVAL));
    cr_assert(eq(str, why, "unknown option 'nosuch'; see leakcheck --help"));
    cr_assert(not(o.quiet));
    cr_assert(not(lc_options_changed(&o, 0, why, sizeof why)));
}

Test(options, a_string_fits_or_is_refused)
{
    static char text[LC_OPTION_STRING_MAX + 16] = "log-file=";
    lc_options_init(&o);
    memset(text + 9, 'x', LC_OPTION_STRING_MAX - 1);
    cr_assert(eq(int, set(text), 0));
    cr_assert(eq(sz, strlen(o.log_file), LC_OPTION_STRING_MAX - 1));
    memset(text + 9, 'y', LC_OPTION_STRING_MAX);
    cr_assert(eq(int, set(text), -EINVAL));
    cr_assert(eq(chr, o.log_file[0], 'x'));
}

Test(options, a_list_is_taken_apart_at_its_colons)
{
    parse(":num-callers=40::quiet=yes:log-file=/tmp/x.%p:");
    cr_assert(eq(uint, complaints, 0));
    cr_assert(eq(uint, o.num_callers, 40));
    cr_assert(o.quiet);
    cr_assert(eq(str, o.log_file, "/tmp/x.%p"));
}

Test(options, an_escaped_colon_is_part_of_a_value)
{
    parse("log-file=a\\:b\\\\c\\d:quiet=yes");
    cr_assert(eq(uint, complaints, 0));
    cr_assert(eq(str, o.log_file, "a:b\\c\\d"));
    cr_assert(o.quiet);
}

Test(options, wrong_ones_of_a_list_are_told_and_skipped)
{
    static char text[3000];
    parse("num-callers=0:nosuch=1:quiet=yes");
    cr_assert(eq(uint, complaints, 2));
    cr_assert(o.quiet);
    cr_assert(eq(uint, o.num_callers, 256));
    memset(text, 'x', 2000);
    strcpy(text + 2000, ":verbose=yes");
    parse(text);
    cr_assert(eq(uint, complaints, 3));
    cr_assert(eq(str, why, "an option's value is too long"));
    cr_assert(o.verbose);
}

Test(options, what_was_changed_is_told_in_the_order_of_the_list)
{
    char item[64];
    parse("log-file=f:num-callers=7:quiet=yes:leak-check=full"); /* the last is the default */
    cr_assert(lc_options_changed(&o, 0, item, sizeof item));
    cr_assert(eq(str, item, "num-callers=7"));
    cr_assert(lc_options_changed(&o, 1, item, sizeof item));
    cr_assert(eq(str, item, "log-file=f"));
    cr_assert(lc_options_changed(&o, 2, item, 8));
    cr_assert(eq(str, item, "quiet=y"));
    cr_assert(not(lc_options_changed(&o, 3, item, sizeof item)));
}
