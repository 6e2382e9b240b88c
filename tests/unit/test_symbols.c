/* tools/symbols.c on this very program; the compilers and what is left of their output are e2e's
 * (report_symbols.bats). */
#include "demangle.h"
#include "symbols.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline __attribute__((always_inline)) uintptr_t inlined(uintptr_t *line)
{
    uintptr_t pc;
    *line = __LINE__ + 1;
    __asm__ volatile("lea (%%rip), %0" : "=r"(pc));
    return pc;
}

/* An address inside inlined(), in here. */
uintptr_t lc_test_function(uintptr_t *line);
__attribute__((noinline)) uintptr_t lc_test_function(uintptr_t *line)
{
    uintptr_t pc = inlined(line);
    __asm__ volatile("" : : "r"(pc) : "memory");
    return pc;
}

static struct lc_module self(void)
{
    static char path[PATH_MAX];
    Dl_info info;
    cr_assert_neq(dladdr((void *)lc_test_function, &info), 0);
    cr_assert_gt(readlink("/proc/self/exe", path, sizeof path - 1), 0);
    return (struct lc_module){.range = {(uintptr_t)info.dli_fbase, UINTPTR_MAX},
                              .bias = (uintptr_t)info.dli_fbase,
                              .path = path,
                              .build_id = ""};
}

static unsigned locate(struct lc_namer *namer, struct lc_module *module, uintptr_t pc,
                       struct lc_location *out, unsigned max)
{
    struct lc_frame frame = {.address = pc, .outer = LC_NONE, .module = module ? 0 : LC_NONE};
    struct lc_findings f = {
        .modules = module, .module_count = module ? 1 : 0, .frames = &frame, .frame_count = 1};
    return namer->locate(namer, &f, 0, out, max);
}

Test(symbols, function_file_line_and_inlined)
{
    uintptr_t line;
    uintptr_t pc = lc_test_function(&line);
    struct lc_module module = self();
    struct lc_namer *namer = lc_symbols_open(&(struct lc_sources_settings){0});
    struct lc_location at[8];
    cr_assert_eq(locate(namer, &module, pc, at, 8), 2);
    cr_assert_str_eq(at[0].function, "inlined");
    cr_assert_str_eq(at[0].file, "test_symbols.c");
    cr_assert_eq(at[0].line, (unsigned)line);
    cr_assert(at[0].is_inlined);
    cr_assert_str_eq(at[1].function, "lc_test_function");
    cr_assert(!at[1].is_inlined);
    cr_assert_eq(locate(namer, &module, pc, at, 1), 1);
    lc_symbols_close(namer);
}

Test(symbols, full_paths)
{
    uintptr_t line;
    uintptr_t pc = lc_test_function(&line);
    struct lc_module module = self();
    struct lc_namer *namer = lc_symbols_open(&(struct lc_sources_settings){.full_paths = true});
    struct lc_location at[8];
    locate(namer, &module, pc, at, 8);
    cr_assert_eq(at[0].file[0], '/');
    cr_assert_eq(access(at[0].file, R_OK), 0, "%s", at[0].file);
    lc_symbols_close(namer);
}

Test(symbols, what_is_not_known_is_null)
{
    struct lc_namer *namer = lc_symbols_open(&(struct lc_sources_settings){0});
    struct lc_module missing = {.range = {0, 100}, .path = "/no/such/file", .build_id = ""};
    struct lc_module kernel = {.range = {0, 100}, .path = "[vdso]", .build_id = "00"};
    struct lc_module device = {.range = {0, 100}, .path = "/dev/zero", .build_id = ""};
    struct lc_module *modules[] = {&missing, &kernel, &device, NULL};
    for (size_t i = 0; i < LC_ARRAY_LEN(modules); i++) {
        struct lc_location at = {.function = "unset"};
        cr_assert_eq(locate(namer, modules[i], 50, &at, 1), 1);
        cr_assert(!at.function && !at.file);
    }
    lc_symbols_close(namer);
}

Test(symbols, another_build_of_the_file_is_refused, .init = cr_redirect_stderr)
{
    uintptr_t line;
    uintptr_t pc = lc_test_function(&line);
    struct lc_module module = self();
    module.build_id = "0123456789abcdef0123456789abcdef01234567";
    struct lc_namer *namer = lc_symbols_open(&(struct lc_sources_settings){0});
    struct lc_location at;
    locate(namer, &module, pc, &at, 1);
    cr_assert(!at.function);
    lc_symbols_close(namer);
}

static void expect_demangled(const char *name, const char *readable)
{
    char *got = lc_demangle(name);
    cr_assert_str_eq(got, readable);
    free(got);
}

Test(demangle, cxx_rust_and_plain_names)
{
    expect_demangled("_ZN5space3BoxIiEC1Em", "space::Box<int>::Box(unsigned long)");
    expect_demangled("_ZN5alloc5alloc5alloc17h0123456789abcdefE", "alloc::alloc::alloc");
    expect_demangled("_RNvC5crate4main", "crate::main");
    expect_demangled("_Z1fi.part.0", "f(int) [clone .part.0]");
    expect_demangled("main", "main");
    expect_demangled("_Znot mangled", "_Znot mangled");
    expect_demangled("", "");
}
