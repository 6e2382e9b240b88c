#include "preload/start.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char preload[256];
static char *environment[] = {preload, NULL};

/* LD_PRELOAD after we have taken us out of it. */
static char *hidden(const char *list)
{
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s", list);
    lc_start_hide_from_children(environment);
    return preload + strlen("LD_PRELOAD=");
}

Test(environment, options_come_from_their_variable)
{
    struct lc_options o;
    char first[] = "NOT_LEAKCHECK_OPTIONS=num-callers=3", second[] = "LEAKCHECK_OPTIONS=num-callers=40:quiet=yes";
    char *some[] = {first, second, NULL}, *none[] = {first, NULL};
    lc_start_read_options(&o, none);
    cr_assert(eq(uint, o.num_callers, 256));
    lc_start_read_options(&o, some);
    cr_assert(eq(uint, o.num_callers, 40));
    cr_assert(o.quiet);
}

Test(environment, a_wrong_option_is_told_in_one_line_on_standard_error)
{
    struct lc_options o;
    char wrong[] = "LEAKCHECK_OPTIONS=nosuch=1", line[256] = "";
    char *some[] = {wrong, NULL};
    int ends[2];
    cr_assert(eq(int, pipe(ends), 0));
    dup2(ends[1], 2);
    lc_start_read_options(&o, some);
    cr_assert(gt(long, read(ends[0], line, sizeof line - 1), 0));
    cr_assert(eq(str, line, "leakcheck: unknown option 'nosuch'; see leakcheck --help\n"));
}

Test(environment, we_leave_ld_preload_and_the_others_stay)
{
    cr_assert(eq(str, hidden("/x/libleakcheck.so"), ""));
    cr_assert(eq(str, hidden("libleakcheck.so"), ""));
    cr_assert(eq(str, hidden("/x/libleakcheck.so:/y/b.so"), "/y/b.so"));
    cr_assert(eq(str, hidden("/a.so:/x/libleakcheck.so"), "/a.so"));
    cr_assert(eq(str, hidden("/a.so /x/libleakcheck.so /b.so"), "/a.so:/b.so"));
    cr_assert(eq(str, hidden("libleakcheck.so::/x/libleakcheck.so: "), ""));
}

Test(environment, names_like_ours_are_not_ours)
{
    cr_assert(eq(str, hidden("/x/notlibleakcheck.so"), "/x/notlibleakcheck.so"));
    cr_assert(eq(str, hidden("/x/libleakcheck.so.1"), "/x/libleakcheck.so.1"));
    cr_assert(eq(str, hidden("/libleakcheck.so/b.so"), "/libleakcheck.so/b.so"));
    cr_assert(eq(str, hidden(""), ""));
}

Test(environment, without_ld_preload_nothing_happens)
{
    char other[] = "LD_PRELOADED=libleakcheck.so";
    char *some[] = {other, NULL};
    lc_start_hide_from_children(some);
    cr_assert(eq(str, other, "LD_PRELOADED=libleakcheck.so"));
}

Test(environment, a_pattern_matches_the_path_or_its_last_part)
{
    static const char path[] = "/usr/bin/python3";
    cr_assert(lc_start_is_skipped("python3", path));
    cr_assert(lc_start_is_skipped("/usr/bin/python3", path));
    cr_assert(lc_start_is_skipped("/usr/*", path));
    cr_assert(lc_start_is_skipped("*3", path));
    cr_assert(lc_start_is_skipped("p?th*n?", path));
    cr_assert(lc_start_is_skipped("*o*o*h*n*", "/bin/foo-ohhn"));
    cr_assert(lc_start_is_skipped("sh,,ls,python3", path));
}

Test(environment, other_patterns_do_not)
{
    static const char path[] = "/usr/bin/python3";
    static const char *const patterns[] = {"", ",", "python", "ython3", "/usr", "bin/python3", "python3?", "sh,ls"};
    for (size_t i = 0; i < LC_ARRAY_LEN(patterns); i++)
        cr_assert(not(lc_start_is_skipped(patterns[i], path)), "%s", patterns[i]);
}

Test(environment, the_symbolizer_is_looked_for_beside_the_library)
{
    char directory[] = "/tmp/lc-test-XXXXXX", library[64], command[192], want[64];
    cr_assert(ne(ptr, mkdtemp(directory), NULL));
    snprintf(library, sizeof library, "%s/lib/leakcheck/libleakcheck.so", directory);
    snprintf(command, sizeof command, "cd %s && mkdir -p lib/leakcheck bin && touch bin/leakcheck-report", directory);
    cr_assert(eq(int, system(command), 0));
    bool is_found_though_no_program = lc_start_find_symbolizer(library)[0];
    snprintf(want, sizeof want, "%s/bin/leakcheck-report", directory);
    chmod(want, 0755);
    char path[PATH_MAX] = "";
    bool is_found = realpath(lc_start_find_symbolizer(library), path);
    snprintf(command, sizeof command, "rm -r %s", directory);
    cr_assert(eq(int, system(command), 0));
    cr_assert(not(is_found_though_no_program));
    cr_assert(is_found);
    cr_assert(eq(str, path, want));
}
