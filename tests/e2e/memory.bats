#!/usr/bin/env bats
# What leaks and regions are in memory. The kernel's own word for it (smaps, mincore) is the measure.
load common

setup() { cd "$BATS_TEST_TMPDIR" || exit; }
log() { "$BATS_TEST_DIRNAME/memory_log.py" run.log "$@"; }
recorded() { "$leakcheck" -q --error-exitcode=0 --record=run.log "$@" >out 2>err; }

# A block of 8 MiB of which an eighth was written; a block of 20,000 bytes; freed with an argument.
partly() {
    compile partly <<'END'
#include <stdlib.h>
#include <string.h>
int main(int argc, char **argv)
{
    (void)argv;
    char *large = malloc(8 << 20), *small = malloc(20000);
    memset(large, 1, 1 << 20);
    memset(small, 1, 20000);
    if (argc > 1) {
        free(large);
        free(small);
    }
    large = small = NULL;
    return !!large;
}
END
}

@test "a leak is told with what of it is in RAM, in swap, and was never touched" {
    partly
    exits 23 "$leakcheck" -q ./partly
    expect ' 8.0M lost, 1.0M in RAM, 0 swapped, 7.0M never touched; 257 pages would be free'
    exits 0 "$leakcheck" -q ./partly freed
    [ -z "$stderr" ]
}

@test "the same where the kernel lacks an interface; nothing where nobody tells" {
    partly
    for without in pagemap-scan smaps smaps,pagemap-scan smaps,pagemap pagemap status,meminfo,cgroup; do
        exits 23 "$leakcheck" --without="$without" ./partly
        expect ' 8.0M lost, 1.0M in RAM, 0 swapped, 7.0M never touched'
        expect 'in RAM'
    done
    exits 23 "$leakcheck" --without=smaps,pagemap,mincore ./partly
    expect_not 'never touched'
    expect '/proc/self/smaps can'\''t be read'
    expect '/proc/self/pagemap can'\''t be read'
    exits 23 "$leakcheck" --without=smaps,maps ./partly
    expect 'the memory map is missing'
}

@test "memory is told after the program has given up its rights, its root, and the descriptors that it did not open" {
    [ "$(id -u)" = 0 ] || skip 'only root can change the root'
    compile drops <<'END'
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void)
{
    char *p = malloc(8 << 20);
    memset(p, 1, 1 << 20);
    p = NULL;
    prctl(PR_SET_DUMPABLE, 0);
    return chroot(".") || chdir("/") || setgid(65534) || setuid(65534);
}
END
    exits 23 "$leakcheck" -q ./drops
    expect ' 8.0M lost, 1.0M in RAM, 0 swapped, 7.0M never touched'
}

@test "states of pages: untouched, given back, lazily freed, only read, guarded, shared, huge" {
    compile states <<'END'
#define _GNU_SOURCE
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#define PAGE 4096
static char *mapped(size_t pages, int flags, int fd)
{
    char *p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, flags, fd, 0);
    mmap(p + pages * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    mprotect(p - PAGE, 0, PROT_NONE);
    return p;
}
static char *anonymous(size_t pages) /* between two closed pages, so that it is a region of its own */
{
    char *p = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(p + PAGE, pages * PAGE, PROT_READ | PROT_WRITE);
    return p + PAGE;
}
static volatile char sink;
int main(void)
{
    /* The kernel takes in and marks pages in batches, one a CPU: ours stay in one. */
    cpu_set_t here;
    CPU_ZERO(&here);
    CPU_SET(sched_getcpu(), &here);
    sched_setaffinity(0, sizeof here, &here);
    char *given_back = anonymous(1001), *lazy = anonymous(1002), *zero = anonymous(1003), *guard = anonymous(1004);
    memset(given_back, 1, 1001 * PAGE);
    madvise(given_back, 1000 * PAGE, MADV_DONTNEED);
    memset(lazy, 1, 1002 * PAGE);
    madvise(lazy, 1002 * PAGE, MADV_FREE);
    madvise(lazy, PAGE, MADV_FREE); /* finishes the batch */
    for (size_t i = 0; i < 1003; i++)
        sink = zero[i * PAGE];
    memset(guard, 1, 1004 * PAGE);
    madvise(guard, 4 * PAGE, 102); /* MADV_GUARD_INSTALL */
    int fd = memfd_create("states", 0);
    if (ftruncate(fd, 1005 * PAGE))
        return 1;
    char *shared = mapped(1005, MAP_SHARED, fd);
    memset(shared, 1, 500 * PAGE);
    int ready[2], done[2];
    if (pipe(ready) || pipe(done))
        return 1;
    if (fork() == 0) { /* touches the same pages, and keeps them until we are done */
        for (size_t i = 0; i < 500; i++)
            sink = shared[i * PAGE];
        char c = 1;
        close(done[1]);
        if (write(ready[1], &c, 1) == 1)
            while (read(done[0], &c, 1) > 0)
                ;
        execl("/bin/true", "true", NULL);
        _exit(0);
    }
    char c;
    return read(ready[0], &c, 1) != 1; /* the pipe's other end closes with the process */
}
END
    recorded --leak-check=no --trace-children=no ./states
    P=4096
    [ "$(log region $((1001 * P)) rss untouched)" = "$P $((1000 * P))" ]
    [ "$(log region $((1002 * P)) rss lazy)" = "$((1002 * P)) $((1002 * P))" ]
    # Some kernels give each reader a page of its own.
    [[ "$(log region $((1003 * P)) rss zero untouched)" =~ ^(0\ $((1003 * P))|$((1003 * P))\ 0)\ 0$ ]]
    [[ "$(log region $((1004 * P)) rss guard swap)" =~ ^($((1000 * P))\ $((4 * P))|$((1004 * P))\ 0)\ 0$ ]] # 0: before 6.13
    [ "$(log region $((1005 * P)) kind purpose rss pss untouched)" = "shared memfd $((500 * P)) $((250 * P)) $((505 * P))" ]
}

@test "the regions are those of /proc/PID/smaps, one to one, and add up to VmRSS" {
    compile copies <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static char buffer[1 << 16];
/* What code and data of files is not in memory yet comes with the next fault near it, when our figures are read. */
static int fetch(struct dl_phdr_info *module, size_t size, void *p)
{
    for (int i = 0; i < module->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &module->dlpi_phdr[i];
        const uintptr_t start = (module->dlpi_addr + h->p_vaddr) & -4096ul, end = module->dlpi_addr + h->p_vaddr + h->p_memsz;
        if (h->p_type == PT_LOAD)
            madvise((void *)start, end - start, 22); /* MADV_POPULATE_READ, since 5.14 */
    }
    return 0;
}
static void copy(void) /* as late as a program can, and without malloc */
{
    dl_iterate_phdr(fetch, NULL);
    int in = open("/proc/self/smaps", O_RDONLY), out = open("smaps", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    ssize_t n;
    while ((n = read(in, buffer, sizeof buffer)) > 0)
        if (write(out, buffer, n) != n)
            abort();
    close(in);
    close(out);
}
static void *work(void *p)
{
    memset(malloc(100000), 1, 50000);
    pause();
    return p;
}
int main(void)
{
    pthread_t t;
    atexit(copy);
    pthread_create(&t, NULL, work, NULL);
    usleep(50000);
    memset(malloc(1 << 20), 1, 1 << 19);
    char *p = mmap(NULL, 3 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 1 << 20);
    mprotect(p + (1 << 20), 1 << 20, PROT_READ);
    munmap(p + (2 << 20), 1 << 19);
    return 0;
}
END
    recorded --run-libc-freeres=no ./copies
    log compare smaps
    log account
}

@test "leakcheck's own memory is a part of VmSize" {
    recorded /bin/ls
    local size own
    read -r size own < <(sed -n 's/^memory .* size=\([0-9]*\) .* own=\([0-9]*\)$/\1 \2/p' run.log)
    [ "$own" -gt 0 ] && [ "$own" -le "$size" ] || fail "$own of $size"
}

@test "the account of a real program adds up: python3" {
    recorded /usr/bin/python3 -c 'x = [str(i) for i in range(100000)]; del x[::2]'
    log account
    exits 0 "$leakcheck" --show-leak-kinds=none --error-exitcode=0 /usr/bin/python3 -c 'pass'
    expect 'live blocks'
    expect 'free, held by the allocator'
    expect 'in RAM (VmRSS)'
}

@test "sixty thousand regions" {
    compile regions <<'END'
#include <stdlib.h>
#include <sys/mman.h>
int main(void)
{
    char *p = mmap(NULL, (size_t)60000 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t i = 0; i < 60000; i += 2)
        if (mprotect(p + i * 4096, 4096, PROT_NONE))
            return 0; /* as many as there may be */
    p = NULL;
    return !malloc(100);
}
END
    recorded ./regions
    [ "$(grep -c '^region ' run.log)" -gt 50000 ]
    log account
    grep -q '^leak kind=definite bytes=100 ' run.log
}

@test "leaks in swap are told as swapped, and the check leaves them there" {
    [ "$(id -u)" = 0 ] || skip 'only root can add swap'
    dd if=/dev/zero of=swap bs=1M count=64 status=none && chmod 600 swap && mkswap swap >/dev/null
    swapon swap 2>why || skip "no swap here: $(cat why)"
    compile swapped <<'END'
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif
int __lsan_do_recoverable_leak_check(void) __attribute__((weak));
static long swapped(void)
{
    static char line[256];
    long kb = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, f))
        sscanf(line, "VmSwap: %ld", &kb);
    fclose(f);
    return kb;
}
int main(void)
{
    char *p = malloc(16 << 20);
    memset(p, 'x', 16 << 20);
    madvise((void *)(((size_t)p + 4095) & ~(size_t)4095), 15 << 20, MADV_PAGEOUT);
    p = NULL;
    long before = swapped();
    __lsan_do_recoverable_leak_check();
    long after = swapped();
    printf("%ld %ld\n", before, after);
    return 0;
}
END
    recorded ./swapped || true
    cp out "$BATS_TEST_TMPDIR/figures"
    swapoff swap
    read -r before after <figures
    [ "$before" -gt 15000 ] || skip "the kernel swapped $before kB out of 15360 only"
    [ "$after" -gt $((before - 256)) ]
    read -r swap resident < <(log leak $((16 << 20)) swapped resident)
    [ "$swap" -gt $((14 << 20)) ]
    [ "$resident" -lt $((2 << 20)) ]
}
