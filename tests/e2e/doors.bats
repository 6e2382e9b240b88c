#!/usr/bin/env bats
# What each allocation function leaves behind, byte for byte.
load common

setup() {
    cd "$BATS_TEST_TMPDIR" || exit
}

@test "each function of the malloc family is counted under its own name" {
    compile family <<'END'
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
int main(void)
{
    void *p;
    malloc(1);
    calloc(2, 1);
    realloc(NULL, 3);
    reallocarray(NULL, 4, 1);
    posix_memalign(&p, 64, 5);
    aligned_alloc(64, 64);
    memalign(64, 7);
    valloc(8);
    pvalloc(9);
    return 0;
}
END
    exits 0 under ./family
    leaked 1 1 malloc
    leaked 2 1 calloc
    leaked 3 1 realloc
    leaked 4 1 reallocarray
    leaked 5 1 posix_memalign
    leaked 64 1 aligned_alloc
    leaked 7 1 memalign
    leaked 8 1 valloc
    leaked 4096 1 pvalloc # in whole pages
}

@test "each form of operator new, too; each delete takes it away" {
    program='
#include <cstddef>
#include <cstdlib>
#include <new>
using A = std::align_val_t;
int main()
{
    auto *a = operator new(1);
    auto *b = operator new[](2);
    auto *c = operator new(3, std::nothrow);
    auto *d = operator new[](4, std::nothrow);
    auto *e = operator new(5, A(64));
    auto *f = operator new[](6, A(64));
    auto *g = operator new(7, A(64), std::nothrow);
    auto *h = operator new[](8, A(64), std::nothrow);
#ifdef CONTROL
    operator delete(a);
    operator delete[](b, 2);
    operator delete(c, std::nothrow);
    operator delete[](d, std::nothrow);
    operator delete(e, 5, A(64));
    operator delete[](f, A(64));
    operator delete(g, A(64), std::nothrow);
    operator delete[](h, A(64), std::nothrow);
#endif
    return a && b && c && d && e && f && g && h ? 0 : 1;
}'
    compile_cxx forms <<<"$program"
    exits 0 under ./forms
    leaked 36 8
    [ "$(grep -c '^leak .*function=operator%20new' "$log")" -eq 8 ]
    compile_cxx frees -DCONTROL <<<"$program"
    exits 0 under ./frees
    leaked 0 0
    [ "$(grep -c ^error "$log")" -eq 0 ]
}

@test "realloc: moves, shrinks, frees, fails" {
    compile reallocs <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
int main(void)
{
    volatile size_t huge = PTRDIFF_MAX;
    void *p = malloc(10);
    p = realloc(p, 1000000);
    p = realloc(p, 20);
    if (realloc(p, huge))         /* p stays */
        return 1;
    void *q = malloc(30);
    if (realloc(q, 0))            /* frees */
        return 2;
    void *r = realloc(NULL, 40);
    r = realloc(r, 41);
    return 0;
}
END
    exits 0 under ./reallocs
    leaked 61 2
    [ "$(grep -c ^error "$log")" -eq 0 ]
}

@test "zero bytes are a block" {
    compile zero <<'END'
#include <stdlib.h>
int main(void) { malloc(0); calloc(0, 5); free(malloc(0)); return 0; }
END
    exits 0 under ./zero
    leaked 0 2
}

@test "malloc_usable_size: every byte of it is the program's" {
    compile usable <<'END'
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
int main(void)
{
    for (size_t size = 0; size < 3000; size += 7) {
        char *p = malloc(size);
        size_t usable = malloc_usable_size(p);
        if (usable < size)
            return 1;
        memset(p, 7, usable);
        free(p);
    }
    return malloc_usable_size(NULL) != 0;
}
END
    exits 0 under ./usable
    leaked 0 0
}

@test "strdup, asprintf, getline, opendir: libc's own calls are seen" {
    compile inner <<'END'
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void)
{
    char *text;
    strdup("1234567");
    asprintf(&text, "%s", "abc");
    free(text);
    closedir(opendir("/"));
    return 0;
}
END
    exits 0 under ./inner
    leaked 8 1
}

@test "a mismatched free, a double free, a free of what was never a block" {
    compile wrong <<'END'
#include <stdlib.h>
int main(int argc, char **argv)
{
    static long fake[64];
    void *volatile p = malloc(100);
    if (argc == 2) {
        free(p);
        free(p);
    } else {
        free(&fake[32]);
    }
    return 0;
}
END
    exits 134 under ./wrong twice
    grep -q '^error kind=double-free count=1 .*size=100 .*origin-function=malloc' "$log" || fail "$(grep ^error "$log")"
    exits 134 under ./wrong
    grep -q '^error kind=invalid-free count=1 .*origin-function= ' "$log" || fail "$(grep ^error "$log")"
    exits 0 under "$samples/mismatch"
    [ "$(grep -c '^error kind=mismatched-free count=1 ' "$log")" -eq 3 ]
}

@test "mmap, mremap, munmap, shmat, sbrk: who mapped it is in the map" {
    compile maps <<'END'
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>
#define ANON MAP_PRIVATE | MAP_ANONYMOUS
int main(void)
{
    char *p = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, ANON, -1, 0);
    munmap(p + (1 << 18), 1 << 18);                    /* a hole: two pieces */
    char *q = mmap(0, 1 << 20, PROT_READ, ANON, -1, 0);
    q = mremap(q, 1 << 20, 1 << 21, MREMAP_MAYMOVE);
    mmap(q + 4096, 4096, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
    char *r = mmap(0, 1 << 20, PROT_READ | PROT_EXEC, ANON, -1, 0);
    munmap(r, 1 << 20);
    int id = shmget(IPC_PRIVATE, 1 << 16, 0600);
    if (id >= 0) {
        shmat(id, 0, 0);
        shmctl(id, IPC_RMID, 0);
    }
    return sbrk(4096) == (void *)-1;
}
END
    exits 0 under ./maps
    [ "$(grep -c '^region .*function=mmap ' "$log")" -eq 3 ] || fail "$(grep ^region "$log")"
    [ "$(grep -c '^region .*function=mremap ' "$log")" -eq 2 ]
    [ "$(grep -c '^region .*function=sbrk ' "$log")" -eq 1 ]
    ! ipcs -m >/dev/null || [ "$(grep -c '^region .*function=shmat ' "$log")" -eq 1 ]
    ! grep -q '^region .* perm=r-xp .*function=mmap ' "$log"
}
