#include "vm/kinds.h"

#include "vm/maps.h"
#include "vm/purpose.h"
#include "vm/snapshot.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REGIONS_MAX 64

static struct lc_maps parser;
static struct lc_vm_region regions[REGIONS_MAX];
static size_t count;
static char names[REGIONS_MAX][256];

static void keep(void *arg, const struct lc_vm_region *r)
{
    (void)arg;
    regions[count] = *r;
    regions[count].name = strcpy(names[count], r->name);
    count++;
}

/* The regions of a text of maps, with kinds that are not yet right. */
static void given(const char *text)
{
    count = 0;
    lc_maps_init(&parser, keep, NULL);
    lc_maps_feed(&parser, text, strlen(text));
    lc_maps_finish(&parser);
}

static void expect_all(struct lc_vm_hints *h, const enum lc_region_kind *kinds, size_t expected_count)
{
    lc_kinds_set(regions, count, h);
    cr_assert(eq(sz, count, expected_count));
    for (size_t i = 0; i < count; i++)
        cr_assert(eq(int, (int)regions[i].kind, (int)kinds[i]), "region %zu", i);
}

#define EXPECT(hints, ...)                                                                               \
    do {                                                                                                 \
        static const enum lc_region_kind kinds_[] = {__VA_ARGS__};                                       \
        expect_all(hints, kinds_, LC_ARRAY_LEN(kinds_));                                                 \
    } while (0)

static void expect_purpose(const struct lc_vm_hints *h, size_t index, const char *purpose)
{
    char buf[LC_PURPOSE_MAX];
    cr_assert_str_eq(lc_purpose_of(regions, count, index, h, buf), purpose, "region %zu", index);
}

static bool in_list(void *arg, struct lc_range range)
{
    for (const struct lc_range *r = arg; r->end; r++)
        if (lc_range_overlaps(*r, range))
            return true;
    return false;
}

static const char modules_text[] =
    "555555554000-555555556000 r--p 00000000 fe:01 11 /usr/bin/cat\n"
    "555555556000-55555555a000 r-xp 00002000 fe:01 11 /usr/bin/cat\n"
    "55555555d000-55555555e000 rw-p 00009000 fe:01 11 /usr/bin/cat\n"
    "55555555f000-555555580000 rw-p 00000000 00:00 0 [heap]\n"
    "7ffff7000000-7ffff7300000 r--p 00000000 fe:01 12 /usr/lib/locale/locale-archive\n"
    "7ffff7d00000-7ffff7d28000 r--p 00000000 fe:01 13 /lib/libc.so.6\n"
    "7ffff7d28000-7ffff7e80000 r-xp 00028000 fe:01 13 /lib/libc.so.6\n"
    "7ffff7e80000-7ffff7e90000 ---p 00180000 fe:01 13 /lib/libc.so.6\n"
    "7ffff7e90000-7ffff7e92000 rw-p 00190000 fe:01 13 /lib/libc.so.6\n"
    "7ffff7e92000-7ffff7e9f000 rw-p 00000000 00:00 0 \n"
    "7ffff7f00000-7ffff7f10000 rw-p 00000000 00:00 0 \n"
    "7ffff7fc9000-7ffff7fcd000 r--p 00000000 00:00 0 [vvar]\n"
    "7ffff7fcd000-7ffff7fcf000 r-xp 00000000 00:00 0 [vdso]\n"
    "7ffffffde000-7ffffffff000 rw-p 00000000 00:00 0 [stack]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]\n";

Test(vm_kinds, a_plain_process)
{
    struct lc_vm_hints none = {0};
    given(modules_text);
    EXPECT(&none, LC_REGION_RODATA, LC_REGION_CODE, LC_REGION_DATA, LC_REGION_HEAP, LC_REGION_FILE,
           LC_REGION_RODATA, LC_REGION_CODE, LC_REGION_GUARD, LC_REGION_DATA, LC_REGION_BSS,
           LC_REGION_ANONYMOUS, LC_REGION_KERNEL, LC_REGION_KERNEL, LC_REGION_STACK, LC_REGION_KERNEL);
    expect_purpose(&none, 0, "");
    expect_purpose(&none, 3, "main heap");
    expect_purpose(&none, 9, "bss of libc.so.6");
    expect_purpose(&none, 10, "");
    expect_purpose(&none, 13, "stack of the main thread");
}

/* A mapping that was there when the library was loaded below it is one region with the library's bss. */
Test(vm_kinds, hints_tell_where_a_module_ends)
{
    static const char text[] = "7f0000000000-7f0000001000 r-xp 00000000 fe:01 13 /lib/liba.so\n"
                               "7f0000001000-7f0000002000 rw-p 00001000 fe:01 13 /lib/liba.so\n"
                               "7f0000002000-7f0040000000 rw-p 00000000 00:00 0 \n";
    struct lc_vm_hints none = {0};
    given(text);
    EXPECT(&none, LC_REGION_CODE, LC_REGION_DATA, LC_REGION_BSS);
    struct lc_range module = {0x7f0000000000, 0x7f0000003000};
    struct lc_vm_hints h = {.modules = &module, .module_count = 1};
    given(text);
    EXPECT(&h, LC_REGION_CODE, LC_REGION_DATA, LC_REGION_ANONYMOUS);
    module.end = 0x7f0040000000;
    EXPECT(&h, LC_REGION_CODE, LC_REGION_DATA, LC_REGION_BSS);
}

Test(vm_kinds, a_file_that_is_only_read_is_no_module)
{
    struct lc_vm_hints none = {0};
    given("7f0000000000-7f0000100000 r--p 00000000 fe:01 13 /lib/liba.so\n"
          "7f0000100000-7f0000101000 rw-p 00000000 00:00 0 \n"
          "7f0000200000-7f0000300000 r--s 00000000 fe:01 14 /usr/share/data\n"
          "7f0000300000-7f0000400000 rw-s 00000000 fe:01 15 /var/lib/data.mdb\n");
    EXPECT(&none, LC_REGION_FILE, LC_REGION_ANONYMOUS, LC_REGION_FILE, LC_REGION_FILE);
}

Test(vm_kinds, shared_memory)
{
    struct lc_vm_hints none = {0};
    given("7f0000000000-7f0000001000 rw-s 00000000 00:01 1 /dev/zero (deleted)\n"
          "7f0000001000-7f0000002000 rw-s 00000000 00:01 2 /SYSV00000000 (deleted)\n"
          "7f0000002000-7f0000003000 rw-s 00000000 00:01 3 /memfd:x (deleted)\n"
          "7f0000003000-7f0000004000 rw-s 00000000 00:19 4 /dev/shm/x\n"
          "7f0000004000-7f0000005000 rw-s 00000000 00:0d 5 anon_inode:[io_uring]\n");
    EXPECT(&none, LC_REGION_SHARED, LC_REGION_SHARED, LC_REGION_SHARED, LC_REGION_SHARED, LC_REGION_SHARED);
}

Test(vm_kinds, stacks_and_their_guards)
{
    struct lc_vm_thread threads[] = {{0x7f00017ff700, 101, "worker"}, {0x7f00007ff700, 100, ""}};
    struct lc_vm_hints h = {.pid = 99, .threads = threads, .thread_count = 2};
    given("7efffffff000-7f0000000000 ---p 00000000 00:00 0 \n"
          "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n"
          "7f0000800000-7f0001000000 ---p 00000000 00:00 0 \n"
          "7f0001000000-7f0001800000 rw-p 00000000 00:00 0 \n"
          "7f0001800000-7f0002000000 rw-p 00000000 00:00 0 [anon:x]\n");
    EXPECT(&h, LC_REGION_GUARD, LC_REGION_STACK, LC_REGION_GUARD, LC_REGION_STACK, LC_REGION_ANONYMOUS);
    expect_purpose(&h, 0, "guard below the stack of thread 100");
    expect_purpose(&h, 1, "stack of thread 100");
    expect_purpose(&h, 2, "guard below the stack of thread 101 (worker)");
    expect_purpose(&h, 3, "stack of thread 101 (worker)");
    struct lc_vm_hints none = {0};
    EXPECT(&none, LC_REGION_GUARD, LC_REGION_ANONYMOUS, LC_REGION_ANONYMOUS, LC_REGION_ANONYMOUS,
           LC_REGION_ANONYMOUS);
}

/* glibc 2.42 makes guards that split no mapping. */
Test(vm_kinds, many_stacks_in_one_region)
{
    struct lc_vm_thread threads[] = {{0x7f00007ff700, 100, ""}, {0x7f0000fff700, 101, ""}, {0x7f00017ff700, 102, ""}};
    struct lc_vm_hints h = {.pid = 99, .threads = threads, .thread_count = 3};
    given("7f0000000000-7f0001800000 rw-p 00000000 00:00 0 \n");
    EXPECT(&h, LC_REGION_STACK);
    expect_purpose(&h, 0, "stacks of 3 threads");
}

Test(vm_kinds, a_small_stack_in_a_large_mapping_is_not_all_of_it)
{
    struct lc_vm_thread thread = {0x7f00007ff700, 100, ""};
    struct lc_vm_hints h = {.pid = 99, .threads = &thread, .thread_count = 1};
    given("7f0000000000-7f0040000000 rw-p 00000000 00:00 0 \n");
    EXPECT(&h, LC_REGION_ANONYMOUS);
}

Test(vm_kinds, the_main_threads_tcb_is_no_stack)
{
    static const char text[] = "7f0000000000-7f0000003000 rw-p 00000000 00:00 0 \n";
    struct lc_vm_thread thread = {0x7f0000002740, 99, ""};
    struct lc_vm_hints h = {.pid = 99, .threads = &thread, .thread_count = 1};
    given(text);
    EXPECT(&h, LC_REGION_TLS);
    expect_purpose(&h, 0, "TLS of the main thread");
}

/* A thread that forks is the main thread of the child. */
Test(vm_kinds, the_stack_of_a_thread_that_forked)
{
    struct lc_vm_thread thread = {0x7f00007ff700, 99, ""};
    struct lc_vm_hints h = {.pid = 99, .threads = &thread, .thread_count = 1};
    given("7efffffff000-7f0000000000 ---p 00000000 00:00 0 \n"
          "7f0000000000-7f0000800000 rw-p 00000000 00:00 0 \n");
    EXPECT(&h, LC_REGION_GUARD, LC_REGION_STACK);
    expect_purpose(&h, 1, "stack of thread 99");
}

Test(vm_kinds, heaps)
{
    struct lc_range blocks[] = {{0x7f0004000030, 0x7f0004001000}, {0x7f2000001010, 0x7f2000101000}, {0}};
    struct lc_vm_hints h = {.has_blocks = in_list, .arg = blocks};
    given("7f0004000000-7f0004021000 rw-p 00000000 00:00 0 \n"
          "7f0004021000-7f0008000000 ---p 00000000 00:00 0 \n"
          "7f1000000000-7f1100000000 ---p 00000000 00:00 0 \n"
          "7f2000001000-7f2000101000 rw-p 00000000 00:00 0 \n"
          "7f3000000000-7f3000200000 rw-p 00000000 00:00 99 /anon_hugepage (deleted)\n");
    EXPECT(&h, LC_REGION_HEAP, LC_REGION_HEAP, LC_REGION_ANONYMOUS, LC_REGION_HEAP, LC_REGION_ANONYMOUS);
    expect_purpose(&h, 0, "heap arena");
    expect_purpose(&h, 1, "unused part of a heap arena");
    expect_purpose(&h, 2, "reserved address space");
    expect_purpose(&h, 3, "heap blocks");
}

Test(vm_kinds, our_own)
{
    struct lc_own own[] = {{{0x7f0000103000, 0x7f0000104000}, "depot"},
                           {{0, 0}, "gone"},
                           {{0x7f0000100000, 0x7f0000102000}, "tables"},
                           {{0x7f0000000000, 0x7f0000002000}, "libleakcheck.so"}};
    struct lc_vm_hints h = {.own = own, .own_count = LC_ARRAY_LEN(own)};
    given("7f0000000000-7f0000001000 r-xp 00000000 fe:01 13 /lib/libleakcheck.so\n"
          "7f0000001000-7f0000002000 rw-p 00001000 fe:01 13 /lib/libleakcheck.so\n"
          "7f0000100000-7f0000105000 rw-p 00000000 00:00 0 \n"
          "7f0000200000-7f0000205000 rw-p 00000000 00:00 0 \n");
    EXPECT(&h, LC_REGION_OWN, LC_REGION_OWN, LC_REGION_OWN, LC_REGION_ANONYMOUS);
    expect_purpose(&h, 0, "libleakcheck.so");
    expect_purpose(&h, 2, "tables");
}

Test(vm_kinds, the_larger_part_of_a_merged_region_decides)
{
    struct lc_own own = {{0x7f0000000000, 0x7f0000001000}, "tables"};
    struct lc_vm_hints h = {.own = &own, .own_count = 1};
    given("7f0000000000-7f0000005000 rw-p 00000000 00:00 0 \n");
    EXPECT(&h, LC_REGION_ANONYMOUS);
    own.range.end = 0x7f0000003000;
    EXPECT(&h, LC_REGION_OWN);
}

/* This process, with a thread, by what pthread and the loader know. */

static const struct lc_vm_region *at(const struct lc_vm_snapshot *s, const void *address)
{
    for (size_t i = 0; i < s->count; i++)
        if (lc_range_has(s->regions[i].range, (uintptr_t)address))
            return &s->regions[i];
    return NULL;
}

struct live_thread {
    pthread_barrier_t ready, done;
    void *local;
    pid_t tid;
};

static void *live(void *arg)
{
    struct live_thread *t = arg;
    int on_stack;
    t->local = &on_stack;
    t->tid = gettid();
    pthread_barrier_wait(&t->ready);
    pthread_barrier_wait(&t->done);
    return NULL;
}

static int bss_of_test[5000];
static int data_of_test[5000] = {1};
static const int rodata_of_test[5000] = {1};

Test(vm_kinds, this_process)
{
    pthread_t thread;
    struct live_thread t;
    int on_stack;
    pthread_barrier_init(&t.ready, NULL, 2);
    pthread_barrier_init(&t.done, NULL, 2);
    pthread_create(&thread, NULL, live, &t);
    pthread_barrier_wait(&t.ready);
    struct lc_vm_thread threads[] = {{(uintptr_t)pthread_self(), getpid(), ""}, {(uintptr_t)thread, t.tid, ""}};
    struct lc_vm_hints h = {.pid = getpid(), .threads = threads, .thread_count = 2};
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    struct lc_own own = {s.memory, "memory map"};
    h.own = &own;
    h.own_count = 1;
    lc_kinds_set(s.regions, s.count, &h);
    cr_assert(eq(int, at(&s, (void *)at)->kind, LC_REGION_CODE));
    cr_assert(eq(int, at(&s, rodata_of_test)->kind, LC_REGION_RODATA));
    cr_assert(eq(int, at(&s, data_of_test + 4000)->kind, LC_REGION_DATA));
    cr_assert(eq(int, at(&s, bss_of_test + 4000)->kind, LC_REGION_BSS));
    cr_assert(eq(int, at(&s, &on_stack)->kind, LC_REGION_STACK));
    cr_assert(eq(int, at(&s, s.regions)->kind, LC_REGION_OWN));
    char purpose[LC_PURPOSE_MAX], expected[64];
    size_t stack = (size_t)(at(&s, t.local) - s.regions);
    snprintf(expected, sizeof expected, "stack of thread %d", t.tid);
    cr_assert_str_eq(lc_purpose_of(s.regions, s.count, stack, &h, purpose), expected);
    cr_assert(eq(int, s.regions[stack - 1].kind, LC_REGION_GUARD));
    pthread_barrier_wait(&t.done);
    pthread_join(thread, NULL);
    lc_vm_snapshot_release(&s);
}
