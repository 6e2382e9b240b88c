/* Names that stay: of functions, and of findings. */
#include "fingerprint.h"

#include "function_name.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_name(const char *name, const char *plain)
{
    char got[64];
    cr_assert_str_eq(lc_plain_function_name(name, got, sizeof got), plain, "%s", name);
}

Test(function_name, is_the_last_component_however_it_is_compiled)
{
    expect_name("main", "main");
    expect_name("ns::f<int>(char) const", "f");
    expect_name("f(int) [clone .part.0]", "f");
    expect_name("f.isra.0", "f");
    expect_name("f<std::pair<int, char> >", "f");
    expect_name("(anonymous namespace)::g(int)", "g");
    expect_name("unsigned long h<int>(int)", "h");
    expect_name("std::vector<int, std::allocator<int> >::push_back(int const&)", "push_back");
    expect_name("A::~A()", "~A");
}

Test(function_name, operators_are_no_brackets)
{
    expect_name("a::operator()(int) const", "operator()");
    expect_name("x::operator->()", "operator->");
    expect_name("operator<", "operator<");
    expect_name("std::ostream& operator<< <char>(std::ostream&)", "operator<<");
    expect_name("operator new(unsigned long)", "operator new");
}

Test(function_name, is_cut_to_fit)
{
    char got[4];
    cr_assert_str_eq(lc_plain_function_name("abcdef", got, sizeof got), "abc");
    cr_assert_str_eq(lc_plain_function_name("", got, sizeof got), "");
}

static struct lc_module app = {.path = "/here/app"}, other_app = {.path = "/there/app"}, library = {.path = "/lib/libx.so.1.2"},
                        new_library = {.path = "/lib/libx.so.2"}, libc = {.path = "/lib/libc.so.6"};

static struct lc_call call(const char *function, const struct lc_module *module)
{
    return (struct lc_call){.at = {.function = function, .line = 7}, .module = module};
}

static const char *print_of(const char *kind, struct lc_call *at, size_t count)
{
    static char prints[8][LC_FINGERPRINT_SIZE];
    static unsigned next;
    char *print = prints[next++ % 8];
    at[0].is_door = true;
    lc_fingerprint(print, kind, &(struct lc_calls){.at = at, .count = count});
    return print;
}

#define PRINT(kind, ...) print_of(kind, (struct lc_call[]){call("malloc", &libc), __VA_ARGS__}, sizeof((struct lc_call[]){call("", 0), __VA_ARGS__}) / sizeof(struct lc_call))

Test(fingerprint, stays_over_folders_versions_clones_runtime_and_recursion)
{
    const char *print = PRINT("definite", call("f", &app), call("main", &app));
    cr_assert_str_eq(print, PRINT("definite", call("f.isra.0", &other_app), call("main", &other_app)));
    cr_assert_str_eq(print, PRINT("definite", call("strdup", &libc), call("f", &app), call("f", &app), call("main", &app)));
    cr_assert_str_eq(print, PRINT("definite", call("std::allocator<int>::allocate", &app), call("f(int)", &app), call("main", &app)));
    cr_assert_str_eq(PRINT("definite", call("f", &library)), PRINT("definite", call("f", &new_library)));
}

Test(fingerprint, tells_kinds_modules_and_callers_apart)
{
    const char *print = PRINT("definite", call("f", &app), call("main", &app));
    cr_assert_str_neq(print, PRINT("possible", call("f", &app), call("main", &app)));
    cr_assert_str_neq(print, PRINT("definite", call("f", &library), call("main", &app)));
    cr_assert_str_neq(print, PRINT("definite", call("f", &app), call("g", &app), call("main", &app)));
    cr_assert_str_neq(print, PRINT("definite", call("g", &app), call("main", &app)));
}
