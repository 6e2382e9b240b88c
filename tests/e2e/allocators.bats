#!/usr/bin/env bats
# Programs that bring an allocator of their own.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

churn='
#include <stdlib.h>
#include <string.h>
static void *leak(size_t size) { return malloc(size); }
int main(void)
{
    void *kept[100];
    for (int round = 0; round < 1000; round++)
        for (int i = 0; i < 100; i++) {
            void *p = malloc(i * 17 + 1);
            if (round)
                free(kept[i]);
            kept[i] = realloc(p, i * 29 + 1);
            memset(kept[i], i, i * 29 + 1);
        }
    for (int i = 0; i < 100; i++)
        free(kept[i]);
    void *p;
    posix_memalign(&p, 256, 1000);
    free(p);
    leak(123);
    leak(1 << 20);
    return 0;
}'

# needs LIBRARY
needs() {
    [ -e "$(gcc "-print-file-name=$1")" ] || skip "$1 is not installed"
}

# linked_with LIBRARY
linked_with() {
    needs "$1"
    compile linked -Wl,--no-as-needed "-l:$1" <<<"$churn"
    exits 0 under ./linked
    log_is_whole
    leaked $((123 + (1 << 20))) 2 malloc
    [ "$(sum leak blocks)" -le 10 ] || fail "$(grep ^leak "$log")"
    [ "$(sum coverage dropped)" -eq 0 ]
}

@test "jemalloc" {
    linked_with libjemalloc.so.2
}
@test "tcmalloc" {
    linked_with libtcmalloc_minimal.so.4
}
@test "mimalloc" {
    linked_with libmimalloc.so.2.0
}

@test "jemalloc, preloaded after us" {
    needs libjemalloc.so.2
    compile plain <<<"$churn"
    LD_PRELOAD=libjemalloc.so.2 exits 23 "$leakcheck" -q ./plain
    expect '123 bytes in 1 blocks'
}

@test "a replaced operator new goes on working, and is told apart from malloc" {
    compile_cxx replaced <<'END'
#include <cstdio>
#include <cstdlib>
#include <new>
static int news, deletes;
void *operator new(std::size_t size) { news++; return std::malloc(size + 16); }
void operator delete(void *p) noexcept { deletes++; std::free(p); }
void operator delete(void *p, std::size_t) noexcept { deletes++; std::free(p); }
int main()
{
    delete new int;
    new long;
    delete[] new char[3];
    std::printf("%d %d\n", news, deletes);
    return 0;
}
END
    exits 0 under ./replaced
    [ "$output" = '3 2' ]
    leaked 24 1
    [ "$(grep -c ^error "$log")" -eq 0 ] || fail "$(grep ^error "$log")"
}

@test "a replaced operator new over a pool: no false error" {
    compile_cxx pool <<'END'
#include <cstdio>
#include <cstdlib>
#include <new>
alignas(16) static char pool[4096];
static std::size_t used;
void *operator new(std::size_t size) { auto *p = pool + used; used += (size + 15) & ~15ul; return p; }
void operator delete(void *) noexcept {}
void operator delete(void *, std::size_t) noexcept {}
int main()
{
    delete new int;
    std::printf("%zu\n", used);
    return 0;
}
END
    exits 0 under ./pool
    [ "$output" = 16 ]
    leaked 0 0
    [ "$(grep -c ^error "$log")" -eq 0 ]
}

@test "new that throws throws" {
    compile_cxx throws <<'END'
#include <cstdint>
#include <cstdio>
#include <new>
int main()
{
    volatile std::size_t huge = PTRDIFF_MAX;
    try {
        operator new(huge);
    } catch (const std::bad_alloc &) {
        std::puts("caught");
    }
    if (operator new(huge, std::nothrow))
        return 1;
    std::set_new_handler([] { std::puts("handler"); std::set_new_handler(nullptr); });
    return operator new(huge, std::nothrow) != nullptr;
}
END
    exits 0 under ./throws
    [ "$output" = $'caught\nhandler' ]
    leaked 0 0
}

@test "a plugin brings C++, whose own libraries allocate as they are loaded, into a C program" {
    compile_cxx libdep.so -shared -fPIC -Wl,-soname,libdep.so <<<'int *early = new int(1); int dep() { return *early; }'
    compile_cxx plugin.so -shared -fPIC -L. -ldep "-Wl,-rpath,$PWD" <<<'int dep(); extern "C" int run() { int *volatile two = new int(2); return dep() + *two; }'
    compile host -ldl <<'END'
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
    void *plugin = dlopen("./plugin.so", RTLD_NOW);
    if (!plugin)
        return puts(dlerror());
    printf("%d\n", ((int (*)(void))dlsym(plugin, "run"))());
    return 0;
}
END
    exits 0 under ./host
    [ "$output" = 3 ]
    [ "$(grep -c '^leak .*bytes=4 blocks=1 function=operator%20new' "$log")" -eq 2 ] || fail "$(grep ^leak "$log")"
}

@test "an allocator in the executable is told: not covered" {
    compile own <<'END'
#include <stddef.h>
#include <string.h>
static char pool[1 << 20];
static size_t used;
void *malloc(size_t size) { void *p = pool + used; used += (size + 31) & ~15ul; return p; }
void free(void *p) { (void)p; }
void *calloc(size_t n, size_t size) { return memset(malloc(n * size), 0, n * size); }
void *realloc(void *p, size_t size) { void *q = malloc(size); return p ? memcpy(q, p, size) : q; }
int main(void) { return malloc(10) == NULL; }
END
    exits 0 "$leakcheck" ./own
    expect "NOTE: malloc is not ours here but that of $(realpath ./own)"
    exits 0 under ./own
    grep -q '^note text=.*not%20ours' "$log"
}
