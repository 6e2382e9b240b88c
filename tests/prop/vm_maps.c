/* Random maps, printed as the kernel prints them and fed in random pieces, come back as they were. */
#include "vm/maps.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGIONS_MAX 200
#define NAME_MAX_HERE 300
#define ROUNDS 300

static struct lc_vm_region model[REGIONS_MAX];
static char model_names[REGIONS_MAX][NAME_MAX_HERE + 1];
static size_t model_count, seen_count;
static struct lc_maps parser;
static char text[REGIONS_MAX * (NAME_MAX_HERE * 4 + 600)];

static uint64_t random_below(uint64_t limit)
{
    return (((uint64_t)random() << 31) ^ (uint64_t)random()) % limit;
}

static void random_name(char *name)
{
    static const char alphabet[] = "abc/ \n\t:[]()\\01\xff";
    size_t len = random_below(4) ? random_below(NAME_MAX_HERE) : 0;
    for (size_t i = 0; i < len; i++)
        name[i] = i ? alphabet[random_below(sizeof alphabet - 1)] : '/';
    name[len] = '\0';
    for (char *at; (at = strstr(name, "\\012"));) /* the one name that the kernel's escape makes ambiguous */
        *at = '/';
}

static void random_region(struct lc_vm_region *r, char *name, uintptr_t *address)
{
    *address += random_below(3) * LC_PAGE_SIZE;
    r->range.start = *address;
    *address += (1 + random_below(1000000)) * LC_PAGE_SIZE;
    r->range.end = *address;
    for (unsigned i = 0; i < 3; i++)
        r->permissions[i] = random_below(2) ? "rwx"[i] : '-';
    r->permissions[3] = random_below(2) ? 'p' : 's';
    r->permissions[4] = '\0';
    r->offset = random_below(1 << 20) * LC_PAGE_SIZE;
    r->inode = random_below(UINT64_MAX);
    r->has_residency = random_below(2);
    r->resident = r->has_residency ? random_below(1 << 30) * 1024 : 0;
    r->swapped = r->has_residency ? random_below(1 << 30) * 1024 : 0;
    random_name(name);
    r->name = name;
}

static char *print_name(char *to, const char *name)
{
    for (; *name; name++)
        to += *name == '\n' ? sprintf(to, "\\012") : sprintf(to, "%c", *name);
    return to;
}

/* fs/proc/task_mmu.c: show_map_vma() and show_smap(). */
static char *print_region(char *to, const struct lc_vm_region *r)
{
    char *line = to;
    to += sprintf(to, "%08lx-%08lx %s %08lx 08:01 %lu ", r->range.start, r->range.end, r->permissions, r->offset,
                  r->inode);
    if (*r->name) {
        while (to - line < 73)
            *to++ = ' ';
        to = print_name(to, r->name);
    }
    *to++ = '\n';
    if (r->has_residency)
        to += sprintf(to, "Size: %8lu kB\nRss:  %8lu kB\nReferenced: 4 kB\nSwap: %8lu kB\nVmFlags: rd wr\n",
                      lc_range_size(r->range) / 1024, r->resident / 1024, r->swapped / 1024);
    return to;
}

static void compare(void *arg, const struct lc_vm_region *r)
{
    (void)arg;
    const struct lc_vm_region *m = &model[seen_count++];
    cr_assert(le(sz, seen_count, model_count));
    cr_assert(eq(u64, r->range.start, m->range.start));
    cr_assert(eq(u64, r->range.end, m->range.end));
    cr_assert_str_eq(r->permissions, m->permissions);
    cr_assert(eq(u64, r->offset, m->offset));
    cr_assert(eq(u64, r->inode, m->inode));
    cr_assert(eq(int, r->has_residency, m->has_residency));
    cr_assert(eq(u64, r->resident, m->resident));
    cr_assert(eq(u64, r->swapped, m->swapped));
    cr_assert_str_eq(r->name, m->name);
}

Test(vm_maps_random, comes_back_as_it_was)
{
    srandom(20240607);
    for (unsigned round = 0; round < ROUNDS; round++) {
        uintptr_t address = LC_PAGE_SIZE;
        char *end = text;
        model_count = random_below(REGIONS_MAX);
        for (size_t i = 0; i < model_count; i++) {
            random_region(&model[i], model_names[i], &address);
            end = print_region(end, &model[i]);
        }
        seen_count = 0;
        lc_maps_init(&parser, compare, NULL);
        for (char *at = text; at < end;) {
            size_t piece = 1 + random_below(random_below(2) ? 10 : 5000);
            if (piece > (size_t)(end - at))
                piece = (size_t)(end - at);
            lc_maps_feed(&parser, at, piece);
            at += piece;
        }
        lc_maps_finish(&parser);
        cr_assert(eq(sz, seen_count, model_count));
        cr_assert(eq(u64, parser.malformed, 0));
    }
}
