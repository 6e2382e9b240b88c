#include "vm/residency.h"

#include "base/arena.h"
#include "base/sys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

#define PART_SIZE ((uintptr_t)1 << LC_RESIDENCY_PART_BITS)
#define PART_COUNT ((size_t)1 << (LC_RESIDENCY_ADDRESS_BITS - LC_RESIDENCY_PART_BITS))

/* linux/fs.h of 6.7; the headers of today's distributions are older. */
struct page_region {
    uint64_t start, end, categories;
};
struct pm_scan_arg {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define PAGEMAP_SCAN 0xc0606610ul /* _IOWR('f', 16, struct pm_scan_arg) */
static_assert(sizeof(struct pm_scan_arg) == 96, "its size is a part of the number");
#define PAGE_IS_PRESENT 8u
#define PAGE_IS_SWAPPED 16u

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT ((uint64_t)1 << 63)
#define PAGEMAP_SWAPPED ((uint64_t)1 << 62)

#define RANGES 512
#define BATCH ((size_t)512) /* pages asked about at once */

static int scan(const struct lc_residency *r, struct pm_scan_arg *arg)
{
    return (int)lc_sys_call(SYS_ioctl, r->pagemap, (long)PAGEMAP_SCAN, (long)arg, 0, 0, 0);
}

int lc_residency_init(struct lc_residency *r)
{
    *r = (struct lc_residency){.parts = lc_pages_map(PART_COUNT * sizeof r->parts[0], "scan"), .pagemap = -1};
    if (!r->parts)
        return -ENOMEM;
    r->pagemap = lc_sys_open("/proc/thread-self/pagemap", O_RDONLY, 0);
    if (r->pagemap < 0)
        return 0;
    struct page_region none;
    uintptr_t here = lc_align_down((uintptr_t)&none, LC_PAGE_SIZE);
    struct pm_scan_arg probe = {.size = sizeof probe, .start = here, .end = here + LC_PAGE_SIZE,
                                .vec = (uintptr_t)&none, .vec_len = 1,
                                .category_anyof_mask = PAGE_IS_PRESENT, .return_mask = PAGE_IS_PRESENT};
    r->can_scan = scan(r, &probe) == 1;
    return 0;
}

static struct lc_residency_part *part_at(struct lc_residency *r, uintptr_t address)
{
    struct lc_residency_part **part = &r->parts[address / PART_SIZE];
    if (*part || !(*part = lc_pool_alloc(sizeof **part)))
        return *part;
    memset(*part, 0, sizeof **part);
    (*part)->next = r->first;
    return r->first = *part;
}

static int mark(struct lc_residency *r, struct lc_range pages)
{
    for (uintptr_t a = pages.start; a < pages.end && !(a >> LC_RESIDENCY_ADDRESS_BITS); a += LC_PAGE_SIZE) {
        struct lc_residency_part *part = part_at(r, a);
        if (!part)
            return -ENOMEM;
        size_t page = a % PART_SIZE / LC_PAGE_SIZE;
        part->pages[page / 64] |= (uint64_t)1 << (page % 64);
    }
    return 0;
}

/* Swapped pages, or what only looks so: those that can be read. */
static int mark_readable(struct lc_residency *r, struct lc_range pages)
{
    int rc = 0;
    for (uintptr_t a = pages.start; a < pages.end && rc == 0; a += LC_PAGE_SIZE) {
        char byte;
        if (lc_sys_copy(&byte, a, 1) == 1)
            rc = mark(r, (struct lc_range){a, a + LC_PAGE_SIZE});
    }
    return rc;
}

static int add_by_scan(struct lc_residency *r, struct lc_range range)
{
    struct page_region found[RANGES];
    while (range.start < range.end) {
        struct pm_scan_arg arg = {.size = sizeof arg, .start = range.start, .end = range.end,
                                  .vec = (uintptr_t)found, .vec_len = RANGES,
                                  .category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
                                  .return_mask = PAGE_IS_PRESENT};
        int count = scan(r, &arg);
        if (count < 0)
            return count;
        for (int i = 0; i < count; i++) {
            struct lc_range pages = {found[i].start, found[i].end};
            int rc = found[i].categories & PAGE_IS_PRESENT ? mark(r, pages) : mark_readable(r, pages);
            if (rc < 0)
                return rc;
        }
        if (arg.walk_end <= range.start)
            return -EIO;
        range.start = arg.walk_end;
    }
    return 0;
}

static int add_by_pagemap(struct lc_residency *r, struct lc_range range)
{
    uint64_t entries[BATCH];
    while (range.start < range.end) {
        size_t pages = lc_range_size(range) / LC_PAGE_SIZE;
        size_t bytes = (pages < BATCH ? pages : BATCH) * sizeof entries[0];
        ssize_t got = lc_sys_pread(r->pagemap, entries, bytes, (off_t)(range.start / LC_PAGE_SIZE * sizeof entries[0]));
        if (got < (ssize_t)sizeof entries[0])
            return got < 0 ? (int)got : -EIO;
        for (size_t i = 0; i < (size_t)got / sizeof entries[0]; i++, range.start += LC_PAGE_SIZE) {
            struct lc_range page = {range.start, range.start + LC_PAGE_SIZE};
            int rc = 0;
            if (entries[i] & PAGEMAP_PRESENT)
                rc = mark(r, page);
            else if (entries[i] & PAGEMAP_SWAPPED)
                rc = mark_readable(r, page);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

/* mincore tells of a file's pages whether they are cached, not whether they are mapped. */
static int add_by_mincore(struct lc_residency *r, const struct lc_vm_region *region)
{
    struct lc_range range = region->range;
    unsigned char state[BATCH];
    if (!lc_vm_region_is_anonymous(region) && region->name[0] == '/')
        return mark(r, range);
    while (range.start < range.end) {
        size_t pages = lc_range_size(range) / LC_PAGE_SIZE;
        pages = pages < BATCH ? pages : BATCH;
        long rc = lc_sys_call(SYS_mincore, (long)range.start, (long)(pages * LC_PAGE_SIZE), (long)state, 0, 0, 0);
        if (rc < 0)
            return (int)rc;
        for (size_t i = 0; i < pages; i++, range.start += LC_PAGE_SIZE)
            if (state[i] & 1 && mark(r, (struct lc_range){range.start, range.start + LC_PAGE_SIZE}) < 0)
                return -ENOMEM;
    }
    return 0;
}

int lc_residency_add(struct lc_residency *r, const struct lc_vm_region *region)
{
    int rc = -ENOSYS;
    if (r->can_scan)
        rc = add_by_scan(r, region->range);
    if (rc < 0 && rc != -ENOMEM && r->pagemap >= 0)
        rc = add_by_pagemap(r, region->range);
    if (rc < 0 && rc != -ENOMEM)
        rc = add_by_mincore(r, region);
    return rc;
}

void lc_residency_release(struct lc_residency *r)
{
    for (struct lc_residency_part *part = r->first, *next; part; part = next) {
        next = part->next;
        lc_pool_free(part, sizeof *part);
    }
    if (r->parts)
        lc_pages_unmap(r->parts, PART_COUNT * sizeof r->parts[0]);
    if (r->pagemap >= 0)
        lc_sys_close(r->pagemap);
    *r = (struct lc_residency){.pagemap = -1};
}

/* The first page at or after `a`, below `end`, that is there or not, as asked. */
static uintptr_t find(const struct lc_residency *r, uintptr_t a, uintptr_t end, bool is_wanted)
{
    while (a < end) {
        const struct lc_residency_part *part = a >> LC_RESIDENCY_ADDRESS_BITS ? NULL : r->parts[a / PART_SIZE];
        if (!part) {
            if (!is_wanted)
                return a;
            a = lc_align_down(a, PART_SIZE) + PART_SIZE;
            continue;
        }
        size_t page = a % PART_SIZE / LC_PAGE_SIZE;
        uint64_t word = (is_wanted ? part->pages[page / 64] : ~part->pages[page / 64]) >> (page % 64);
        if (word)
            return a + (uintptr_t)__builtin_ctzll(word) * LC_PAGE_SIZE;
        a += (64 - page % 64) * LC_PAGE_SIZE;
    }
    return end;
}

struct lc_range lc_residency_next(const struct lc_residency *r, struct lc_range within)
{
    if (lc_range_is_empty(within))
        return within;
    uintptr_t page = lc_align_down(within.start, LC_PAGE_SIZE);
    uintptr_t start = find(r, page, within.end, true);
    if (start >= within.end)
        return (struct lc_range){within.end, within.end};
    uintptr_t end = find(r, start, within.end, false);
    return (struct lc_range){start > within.start ? start : within.start, end < within.end ? end : within.end};
}
