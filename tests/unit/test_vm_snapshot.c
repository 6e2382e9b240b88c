#include "vm/snapshot.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096

static const struct lc_vm_region *find(const struct lc_vm_snapshot *s, const void *address)
{
    for (size_t i = 0; i < s->count; i++)
        if (lc_range_has(s->regions[i].range, (uintptr_t)address))
            return &s->regions[i];
    return NULL;
}

/* A mapping that the kernel can merge with no neighbour. */
static char *map_apart(size_t pages)
{
    char *p = mmap(NULL, (pages + 2) * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    cr_assert(ne(ptr, p, MAP_FAILED));
    mprotect(p + PAGE, pages * PAGE, PROT_READ | PROT_WRITE);
    return p + PAGE;
}

Test(vm_snapshot, has_the_figures_of_a_mapping)
{
    char *p = map_apart(100);
    for (int i = 0; i < 10; i++)
        p[i * PAGE] = 1;
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    cr_assert(s.has_residency);
    const struct lc_vm_region *r = find(&s, p);
    cr_assert_not_null(r);
    cr_assert(eq(sz, lc_range_size(r->range), 100 * PAGE));
    cr_assert(eq(u64, r->resident, 10 * PAGE));
    cr_assert(eq(u64, r->proportional, 10 * PAGE));
    cr_assert(eq(u64, r->dirty, 10 * PAGE));
    cr_assert(eq(u64, r->swapped, 0));
    lc_vm_snapshot_release(&s);
}

Test(vm_snapshot, locked_pages_are_counted)
{
    char *p = map_apart(4);
    cr_assert(eq(int, mlock(p, 4 * PAGE), 0));
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    cr_assert(eq(u64, find(&s, p)->locked, 4 * PAGE));
    lc_vm_snapshot_release(&s);
}

/* Of another process, which stands still: every line of its maps is a region, and there are no others. */
Test(vm_snapshot, agrees_with_maps_line_by_line)
{
    pid_t child = fork();
    if (child == 0) {
        for (;;)
            pause();
    }
    char path[64], line[8192];
    snprintf(path, sizeof path, "/proc/%d/maps", child);
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(child, &s), 0));
    FILE *maps = fopen(path, "r");
    size_t i = 0;
    for (; fgets(line, sizeof line, maps); i++) {
        char mine[8192];
        cr_assert(lt(sz, i, s.count));
        const struct lc_vm_region *r = &s.regions[i];
        line[strcspn(line, "\n")] = '\0';
        snprintf(mine, sizeof mine, "%08lx-%08lx %s %08lx ", r->range.start, r->range.end, r->permissions, r->offset);
        cr_assert(eq(int, strncmp(line, mine, strlen(mine)), 0), "%s / %s", line, mine);
        char *name = strpbrk(line, "/[");
        cr_assert_str_eq(r->name, name ? name : "");
    }
    cr_assert(eq(sz, i, s.count));
    lc_vm_snapshot_release(&s);
    fclose(maps);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

Test(vm_snapshot, is_by_address_and_disjoint)
{
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    for (size_t i = 1; i < s.count; i++)
        cr_assert(le(u64, s.regions[i - 1].range.end, s.regions[i].range.start));
    lc_vm_snapshot_release(&s);
}

Test(vm_snapshot, reading_does_not_change_what_is_read)
{
    struct lc_vm_snapshot first, second;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &first), 0));
    size_t count = first.count;
    lc_vm_snapshot_release(&first);
    cr_assert(eq(int, lc_vm_snapshot_read(0, &second), 0));
    cr_assert(eq(sz, second.count, count));
    lc_vm_snapshot_release(&second);
}

Test(vm_snapshot, keeps_the_name_of_a_deleted_file_with_a_newline)
{
    char path[] = "/tmp/lc a\nfile XXXXXX";
    int fd = mkstemp(path);
    cr_assert(ge(int, fd, 0));
    cr_assert(eq(int, ftruncate(fd, PAGE), 0));
    char *p = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    unlink(path);
    close(fd);
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    char expected[64];
    snprintf(expected, sizeof expected, "%s (deleted)", path);
    cr_assert_str_eq(find(&s, p)->name, expected);
    lc_vm_snapshot_release(&s);
}

Test(vm_snapshot, sixty_thousand_regions)
{
    enum { COUNT = 60000 };
    char *p = mmap(NULL, (size_t)COUNT * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (size_t i = 0; i < COUNT; i += 2)
        if (mprotect(p + i * PAGE, PAGE, PROT_NONE) != 0)
            cr_skip_test("vm.max_map_count is below 60,000 here");
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0, &s), 0));
    cr_assert(ge(sz, s.count, COUNT));
    lc_vm_snapshot_release(&s);
}

static void *read_after_the_main_thread(void *out)
{
    struct lc_vm_snapshot s;
    usleep(100000);
    int rc = lc_vm_snapshot_read(0, &s);
    *(size_t *)out = rc == 0 ? s.count : 0;
    _exit(rc == 0 && s.count > 3 ? 0 : 1);
}

/* /proc/self/maps is empty then. */
Test(vm_snapshot, works_when_the_main_thread_has_ended)
{
    pid_t child = fork();
    if (child == 0) {
        static size_t count;
        pthread_t t;
        pthread_create(&t, NULL, read_after_the_main_thread, &count);
        pthread_exit(NULL);
    }
    int status = -1;
    waitpid(child, &status, 0);
    cr_assert(eq(int, status, 0));
}

Test(vm_snapshot, tells_of_no_such_process)
{
    struct lc_vm_snapshot s;
    cr_assert(eq(int, lc_vm_snapshot_read(0x7ffffff0, &s), -ENOENT));
    lc_vm_snapshot_release(&s);
}
