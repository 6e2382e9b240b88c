#include "record/function.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

static bool is_named(enum lc_function f, const char *name)
{
    return strcmp(lc_function_name(f), name) == 0;
}

Test(function, names_are_the_public_ones)
{
    cr_assert(is_named(LC_FN_MALLOC, "malloc"));
    cr_assert(is_named(LC_FN_NEW, "operator new(unsigned long)"));
    cr_assert(is_named(LC_FN_DELETE_ARRAY_SIZED, "operator delete[](void*, unsigned long)"));
    cr_assert(is_named(LC_FN_SHMAT, "shmat"));
}

Test(function, every_name_is_there_once)
{
    for (int a = 0; a < LC_FN_COUNT; a++)
        for (int b = a + 1; b < LC_FN_COUNT; b++)
            cr_assert(not(is_named((enum lc_function)a, lc_function_name((enum lc_function)b))), "%d %d", a, b);
}

/* Who may free what: the operators by their brackets, all else by free. */
Test(function, families_follow_from_the_names)
{
    for (int i = 0; i < LC_FN_COUNT; i++) {
        enum lc_function f = (enum lc_function)i;
        const char *name = lc_function_name(f);
        enum lc_family want = i >= LC_FN_MMAP             ? LC_FAMILY_MAP
                              : !strstr(name, "operator") ? LC_FAMILY_MALLOC
                              : strstr(name, "[]")        ? LC_FAMILY_NEW_ARRAY
                                                          : LC_FAMILY_NEW;
        cr_assert(eq(int, lc_function_family(f), want), "%s", name);
    }
}
