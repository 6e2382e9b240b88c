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
    compile states <"$BATS_TEST_DIRNAME/programs/page_states.c"
    recorded --leak-check=no --trace-children=no ./states
    P=4096
    [ "$(log region $((1001 * P)) rss untouched)" = "$P $((1000 * P))" ]
    [ "$(log region $((1002 * P)) rss lazy)" = "$((1002 * P)) $((1002 * P))" ]
    # Some kernels give each reader a page of its own.
    [[ "$(log region $((1003 * P)) rss zero untouched)" =~ ^(0\ $((1003 * P))|$((1003 * P))\ 0)\ 0$ ]]
    [[ "$(log region $((1004 * P)) rss guard swap)" =~ ^($((1000 * P))\ $((4 * P))|$((1004 * P))\ 0)\ 0$ ]] # 0: before 6.13
    [ "$(log region $((1005 * P)) kind purpose rss pss untouched)" = "shared memfd $((500 * P)) $((250 * P)) $((505 * P))" ]
    # All pages by what they are, in the words of the MMU.
    exits 0 "$report" --map=summary run.log
    local told
    told="pages: $(log pages rss) mapped to RAM, $(log pages swap) in swap, $(log pages zero) mapped to the page of zeroes, "
    [[ $(sed -nE '/  pages: /{s/([0-9]),([0-9])/\1\2/gp}' <<<"$output") == *"$told"* ]] || fail "$told"
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

@test "huge pages, beside the same without" {
    compile huge <<'END'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#define HUGE (2ul << 20)
int main(int argc, char **argv)
{
    char *all = mmap(NULL, 6 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *p = (char *)(((uintptr_t)all + HUGE) & -HUGE);
    mprotect(p, 3 * HUGE, PROT_READ | PROT_WRITE);
    madvise(p, 3 * HUGE, argc > 1 ? MADV_NOHUGEPAGE : MADV_HUGEPAGE);
    memset(p, 1, 2 * HUGE);
    return 0;
}
END
    grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled && skip 'transparent huge pages are switched off here'
    [ -r /sys/kernel/mm/transparent_hugepage/enabled ] || skip 'this kernel has no transparent huge pages'
    recorded --leak-check=no ./huge
    local rss huge
    read -r rss huge < <(log region $((6 << 20)) rss huge)
    [ "$huge" -gt 0 ] || skip 'the kernel had no huge page to give'
    [ "$rss $huge" = "$((4 << 20)) $((4 << 20))" ]
    recorded --leak-check=no ./huge none
    [ "$(log region $((6 << 20)) rss huge)" = "$((4 << 20)) 0" ]
}

@test "a lost mapping that munmap and mprotect have split is told in all its parts" {
    compile split <<'END'
#include <string.h>
#include <sys/mman.h>
#define MIB (1ul << 20)
static void scratch(int gives_back)
{
    char *p = mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(p, 1, 2 * MIB);
    mprotect(p + 1 * MIB, MIB, PROT_READ);
    munmap(p + 8 * MIB, 4 * MIB);
    if (gives_back)
        munmap(p, 16 * MIB);
}
int main(int argc, char **argv)
{
    scratch(argc > 1);
    return 0;
}
END
    exits 23 "$leakcheck" --record=run.log ./split
    expect ' 12.0M lost, 2.0M in RAM, 0 swapped, 10.0M never touched'
    [ "$(grep '^region .*leaked=' run.log | sed -E 's/.* leaked=([0-9]+).*/\1/' | awk '{ n += $1 } END { print n }')" -eq $((12 << 20)) ]
    [ "$(grep -c '^region .*leaked=.* function=mmap ' run.log)" -eq 4 ]
    expect ' 2.0M  mapped by scratch (<stdin>:'
    expect ', 4 regions'
    exits 0 "$leakcheck" --record=run.log ./split back
    [ "$(grep -c '^region .*leaked=' run.log)" -eq 0 ]
}

@test "arenas are as malloc_info and mallinfo2 have them" {
    compile arenas <<'END'
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static FILE *out;
static char buffer[1 << 16];
static void *volatile kept[1000];
static void tell(void) /* as late as a program can, and without malloc */
{
    struct mallinfo2 m = mallinfo2();
    malloc_info(0, out);
    fprintf(out, "keepcost %zu\n", m.keepcost);
    fflush(out);
}
static void fill(size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++)
        kept[i] = memset(malloc(size), 1, size);
    for (size_t i = 0; i < count; i += 2)
        free(kept[i]);
}
static void *work(void *p)
{
    fill(500, 3000);
    pause();
    return p;
}
int main(void)
{
    pthread_t t;
    out = fopen("info", "w");
    setvbuf(out, buffer, _IOFBF, sizeof buffer);
    atexit(tell);
    pthread_create(&t, NULL, work, NULL);
    usleep(200000);
    fill(1000, 2000);
    memset(malloc(1 << 20), 1, 1 << 20);
    return 0;
}
END
    recorded --run-libc-freeres=no ./arenas
    [ "$(grep -c '^arena ' run.log)" -ge 3 ]
    # The size that each has from the system, in malloc_info's order.
    sed -nE '/<heap nr/,/<\/heap>/ s/<system type="current" size="([0-9]+)"\/>/\1/p' info >theirs
    sed -nE '/^arena .*address=0x0 /d; s/^arena .* size=([0-9]+) .*/\1/p' run.log >ours
    diff theirs ours
    [ "$(sed -n 's/^keepcost //p' info)" = "$(sed -nE 's/^arena name=main%20arena .* top=([0-9]+) .*/\1/p' run.log)" ]
    # Of the memory of each what is live is 500 blocks of 2,000 bytes, and 250 of 3,000.
    grep -q '^arena name=arena%201 .* blocks=250 bytes=750000 ' run.log
    local blocks bytes
    read -r blocks bytes < <(sed -nE 's/^arena name=main%20arena .* blocks=([0-9]+) bytes=([0-9]+) .*/\1 \2/p' run.log)
    [ "$blocks" -ge 500 ] && [ "$blocks" -lt 510 ]
    [ "$bytes" -ge 1000000 ] && [ "$bytes" -lt 1010000 ]
    grep -q '^arena name=mapped%20blocks .* blocks=1 bytes=1048576 ' run.log
}

@test "the stack of a thread that never allocates has its number and name" {
    compile idle <<'END'
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <unistd.h>
static void *work(void *p)
{
    pthread_setname_np(pthread_self(), "idle one");
    pause();
    return p;
}
int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    usleep(100000);
    return 0;
}
END
    recorded ./idle
    grep -qE '^region .* kind=stack .* purpose=stack%20of%20thread%20[0-9]+%20\(idle%20one\) ' run.log
    grep -qE '^region .* kind=guard .* purpose=guard%20below%20the%20stack%20of%20thread%20[0-9]+%20\(idle%20one\)' run.log
}

# The group of this test's own, below the one that it is in; it goes with the test.
limited_group() {
    local mount path
    if [ -r /sys/fs/cgroup/cgroup.controllers ]; then
        mount=/sys/fs/cgroup path=$(sed -n 's/^0:://p' /proc/self/cgroup)
        current=memory.current max=memory.max
    else
        mount=/sys/fs/cgroup/memory path=$(sed -nE 's/^[0-9]+:([^:]*,)?memory(,[^:]*)?://p' /proc/self/cgroup)
        current=memory.usage_in_bytes max=memory.limit_in_bytes
    fi
    group=$mount$path/leakcheck-$$
    mkdir "$group" 2>/dev/null || skip 'no control group can be made here'
    echo $((256 << 20)) 2>/dev/null >"$group/$max" || { rmdir "$group"; skip 'the memory of a control group can not be limited here'; }
}

@test "usage and limit of the control group" {
    local group current max
    limited_group
    sh -c "echo \$\$ >$group/cgroup.procs && exec $leakcheck -q --error-exitcode=0 --record=run.log /bin/true" || true
    exits 0 "$report" --map=summary -v run.log
    rmdir "$group"
    [[ $output == *"control group: $current "*", $max 256.0M"* ]] || fail 'no limit'
    grep -qE "^fact group=cgroup name=$current value=[1-9][0-9]*$" run.log
}

@test "with /proc hidden leaks are told, and what of memory is missing is named" {
    unshare -m true 2>/dev/null || skip 'only root can hide /proc'
    partly
    exits 23 unshare -m sh -c "mount -t tmpfs none /proc && LD_PRELOAD=$library LEAKCHECK_OPTIONS=error-exitcode=23:symbolizer=no exec ./partly"
    expect '8,408,608 bytes'
    expect 'the memory map is missing'
    expect 'could not be read (/proc)'
    exits 0 unshare -m sh -c "mount -t tmpfs none /proc && LD_PRELOAD=$library LEAKCHECK_OPTIONS=error-exitcode=23:symbolizer=no exec ./partly freed"
    # Whoever hides it after the start has its memory told: it was opened before.
    compile hides <<'END'
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
int main(void)
{
    char *p = malloc(8 << 20);
    memset(p, 1, 1 << 20);
    p = NULL;
    return mount("none", "/proc", "tmpfs", 0, NULL);
}
END
    exits 23 unshare -m "$leakcheck" -q ./hides
    expect ' 8.0M lost, 1.0M in RAM, 0 swapped, 7.0M never touched'
}
