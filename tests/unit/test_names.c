#include "report/names.h"

#include "report/elf_file.h"
#include "report/elf_symbols.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIBC "/lib/x86_64-linux-gnu/libc.so.6"

static const char *build_id_of(const char *path)
{
    static char id[LC_ELF_BUILD_ID_MAX];
    struct lc_elf_file f;
    cr_assert(eq(int, lc_elf_file_open(&f, path), 0));
    lc_elf_file_build_id(&f, id);
    lc_elf_file_close(&f);
    return id;
}

/* The name of one frame in one module. */
static const char *name_at(const char *path, const char *build_id, uintptr_t bias, uintptr_t address, bool is_exact)
{
    static char copy[4096];
    struct lc_module module = {.range = {0, UINTPTR_MAX}, .bias = bias, .path = path, .build_id = build_id};
    struct lc_frame frame = {.address = address, .outer = LC_NONE, .is_exact = is_exact};
    struct lc_findings f = {.modules = &module, .module_count = 1, .frames = &frame, .frame_count = 1};
    struct lc_location location;
    struct lc_namer *namer = lc_names_open(&f);
    cr_assert(eq(int, (int)namer->locate(namer, &f, 0, &location, 1), 1));
    cr_assert_null(location.file);
    const char *name = location.function ? strncpy(copy, location.function, sizeof copy - 1) : NULL;
    lc_names_close(namer);
    return name;
}

int names_test_function(int x);

__attribute__((noinline, used)) int names_test_function(int x)
{
    return x * x + 1;
}

__attribute__((noinline, used)) static int names_test_local(int x)
{
    return x * x + 2;
}

static uintptr_t own_bias(void)
{
    Dl_info info;
    struct link_map *map;
    cr_assert(ne(int, dladdr1((void *)names_test_function, &info, (void **)&map, RTLD_DL_LINKMAP), 0));
    return map->l_addr;
}

static const char *own_path(void)
{
    static char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    path[len > 0 ? len : 0] = '\0';
    return path;
}

Test(names, exported_and_local_functions_of_an_executable)
{
    const char *path = own_path(), *id = build_id_of(path);
    uintptr_t global = (uintptr_t)names_test_function, local = (uintptr_t)names_test_local;
    cr_assert_str_eq(name_at(path, id, own_bias(), global + 1, false), "names_test_function");
    cr_assert_str_eq(name_at(path, id, own_bias(), local + 1, false), "names_test_local");
}

/* A return address may be the first byte of the next function: after a call that does not return. */
Test(names, a_return_address_belongs_to_the_call_before_it)
{
    const char *path = own_path(), *id = build_id_of(path);
    uintptr_t start = (uintptr_t)names_test_function;
    cr_assert_str_eq(name_at(path, id, own_bias(), start, true), "names_test_function");
    const char *before = name_at(path, id, own_bias(), start, false);
    cr_assert(not(before && strcmp(before, "names_test_function") == 0));
}

Test(names, agrees_with_dladdr_on_libc)
{
    static const char *const functions[] = {"puts", "malloc", "qsort", "getaddrinfo", "fopen", "posix_spawn"};
    const char *id = build_id_of(LIBC);
    for (size_t i = 0; i < LC_ARRAY_LEN(functions); i++) {
        Dl_info info;
        struct link_map *map;
        void *function = dlsym(RTLD_NEXT, functions[i]);
        if (dladdr1(function, &info, (void **)&map, RTLD_DL_LINKMAP) && !strstr(info.dli_fname, "libc.so.6"))
            continue; /* a sanitizer's */
        cr_assert_str_eq(name_at(LIBC, id, map->l_addr, (uintptr_t)function + 1, false), functions[i]);
    }
}

/* Every function that nm(1) shows of `path`, at its first and its last byte: 0 that differ. An alias, or a
 * function within a function, is another name of the same place. */
static void agrees_with_nm(const char *path, const char *nm_options, size_t at_least)
{
    struct lc_elf_symbols s;
    cr_assert(eq(int, lc_elf_symbols_open(&s, path, build_id_of(path)), 0));
    char command[4200], line[8192];
    snprintf(command, sizeof command, "nm -S --defined-only %s %s", nm_options, path);
    FILE *nm = popen(command, "r");
    size_t compared = 0, same = 0;
    while (fgets(line, sizeof line, nm)) {
        unsigned long address, size;
        char type, name[4096];
        if (sscanf(line, "%lx %lx %c %4095s", &address, &size, &type, name) != 4 || !strchr("TtWi", type))
            continue;
        name[strcspn(name, "@")] = '\0';
        const char *first = lc_elf_symbols_find(&s, address), *last = lc_elf_symbols_find(&s, address + size - 1);
        cr_assert(first && last, "%s", name);
        compared++;
        same += strcmp(first, name) == 0;
    }
    pclose(nm);
    cr_assert(ge(sz, compared, at_least));
    cr_assert(gt(sz, same, compared / 2), "%zu of %zu", same, compared);
    lc_elf_symbols_close(&s);
}

Test(names, agrees_with_nm_on_symtab)
{
    agrees_with_nm(own_path(), "", 10);
}

Test(names, agrees_with_nm_on_dynsym)
{
    agrees_with_nm(LIBC, "-D", 2000);
}

Test(names, nothing_outside_of_functions)
{
    struct lc_elf_symbols s;
    cr_assert(eq(int, lc_elf_symbols_open(&s, LIBC, build_id_of(LIBC)), 0));
    cr_assert_null(lc_elf_symbols_find(&s, 0));
    cr_assert_null(lc_elf_symbols_find(&s, 64));
    cr_assert_null(lc_elf_symbols_find(&s, UINT64_MAX));
    lc_elf_symbols_close(&s);
}

Test(names, another_build_gives_no_names)
{
    uintptr_t function = (uintptr_t)names_test_function;
    const char *path = own_path();
    cr_assert_not_null(name_at(path, build_id_of(path), own_bias(), function, true));
    cr_assert_null(name_at(path, "00ff", own_bias(), function, true));
    cr_assert_null(name_at(path, "", own_bias(), function, true));
}

Test(names, what_is_no_elf_file_gives_no_names)
{
    char fifo[] = "/tmp/lc-names-XXXXXX";
    cr_assert_not_null(mkdtemp(fifo));
    char path[64];
    snprintf(path, sizeof path, "%s/fifo", fifo);
    mkfifo(path, 0600);
    const char *const paths[] = {"[vdso]", "", "/", "/dev/zero", "/etc/passwd", "/nonexistent", path};
    for (size_t i = 0; i < LC_ARRAY_LEN(paths); i++)
        cr_assert_null(name_at(paths[i], "", 0, 0x1000, true), "%s", paths[i]);
    unlink(path);
    rmdir(fifo);
}

Test(names, a_frame_in_no_module_has_no_name)
{
    struct lc_frame frame = {.address = 0x1234, .outer = LC_NONE, .module = LC_NONE};
    struct lc_findings f = {.frames = &frame, .frame_count = 1};
    struct lc_location location;
    struct lc_namer *namer = lc_names_open(&f);
    cr_assert(eq(int, (int)namer->locate(namer, &f, 0, &location, 1), 1));
    cr_assert_null(location.function);
    lc_names_close(namer);
}

/* A copy of an ELF file, to be damaged. */
struct copy {
    char path[32];
    int fd;
    size_t size;
    unsigned char *bytes;
};

static struct copy copy_of(const char *path)
{
    struct copy c = {.path = "/tmp/lc-names-XXXXXX"};
    struct stat st;
    int from = open(path, O_RDONLY);
    cr_assert(eq(int, fstat(from, &st), 0));
    c.size = (size_t)st.st_size;
    c.fd = mkstemp(c.path);
    cr_assert(eq(int, ftruncate(c.fd, st.st_size), 0));
    c.bytes = mmap(NULL, c.size, PROT_READ | PROT_WRITE, MAP_SHARED, c.fd, 0);
    cr_assert(eq(i64, read(from, c.bytes, c.size), st.st_size));
    close(from);
    unlink(c.path);
    snprintf(c.path, sizeof c.path, "/proc/self/fd/%d", c.fd);
    return c;
}

static void ask_everywhere(const char *path, const char *id)
{
    struct lc_elf_symbols s;
    if (lc_elf_symbols_open(&s, path, id) == 0)
        for (uint64_t address = 0; address < 0x400000; address += 4093) {
            const char *name = lc_elf_symbols_find(&s, address);
            cr_assert(not(name && strlen(name) > s.strings_size));
        }
    lc_elf_symbols_close(&s);
}

Test(names, a_truncated_file_does_no_harm)
{
    struct copy c = copy_of(own_path());
    const char *id = build_id_of(own_path());
    for (size_t size = c.size; size; size -= size < 997 ? size : 997) {
        cr_assert(eq(int, ftruncate(c.fd, (off_t)size), 0));
        ask_everywhere(c.path, id);
    }
}

Test(names, a_damaged_file_does_no_harm)
{
    struct copy c = copy_of(own_path());
    const char *id = build_id_of(own_path());
    const Elf64_Ehdr *header = (const void *)c.bytes;
    size_t table = header->e_shoff, table_size = header->e_shnum * sizeof(Elf64_Shdr);
    srand(20240607);
    for (unsigned round = 0; round < 2000; round++) {
        bool in_table = rand() % 2;
        size_t at = in_table ? table + (size_t)rand() % table_size : (size_t)rand() % c.size;
        unsigned char old = c.bytes[at];
        c.bytes[at] = round % 3 ? (unsigned char)rand() : 0xff;
        ask_everywhere(c.path, id);
        if (round % 4)
            c.bytes[at] = old;
    }
}

Test(names, a_section_that_claims_to_be_huge_does_no_harm)
{
    struct copy c = copy_of(own_path());
    const char *id = build_id_of(own_path());
    Elf64_Ehdr *header = (void *)c.bytes;
    Elf64_Shdr *sections = (void *)(c.bytes + header->e_shoff);
    for (unsigned i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB)
            sections[i].sh_size = UINT64_MAX - 7;
    cr_assert(eq(int, ftruncate(c.fd, (off_t)1 << 40), 0));
    struct lc_elf_symbols s;
    cr_assert(eq(int, lc_elf_symbols_open(&s, c.path, id), -ENOEXEC));
}
