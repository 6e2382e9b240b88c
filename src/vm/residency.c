#include "vm/residency.h"

#include "base/arena.h"
#include "base/sys.h"
#include "vm/access.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
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
#define PAGE_IS_PFNZERO 32u
#define PAGE_IS_GUARD 256u /* 6.15 */
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21 /* 5.4 */
#endif
#define MADV_GUARD_INSTALL 102 /* 6.13 */

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT ((uint64_t)1 << 63)
#define PAGEMAP_SWAPPED ((uint64_t)1 << 62)
#define PAGEMAP_GUARD ((uint64_t)1 << 58)

#define RANGES 512
#define BATCH ((size_t)512) /* pages asked about at once */

static int scan(const struct lc_residency *r, struct pm_scan_arg *arg)
{
    return (int)lc_sys_call(SYS_ioctl, r->pagemap, (long)PAGEMAP_SCAN, (long)arg, 0, 0, 0);
}

/* A kernel refuses categories that it does not know: guards came with 6.15. */
static uint64_t probe(const struct lc_residency *r)
{
    static const uint64_t known[] = {PAGE_IS_PRESENT | PAGE_IS_SWAPPED | PAGE_IS_PFNZERO | PAGE_IS_GUARD,
                                     PAGE_IS_PRESENT | PAGE_IS_SWAPPED | PAGE_IS_PFNZERO};
    struct page_region found;
    uintptr_t here = lc_align_down((uintptr_t)&found, LC_PAGE_SIZE);
    for (size_t i = 0; i < LC_ARRAY_LEN(known) && !lc_access_is_denied("pagemap-scan"); i++) {
        struct pm_scan_arg arg = {.size = sizeof arg, .start = here, .end = here + LC_PAGE_SIZE,
                                  .vec = (uintptr_t)&found, .vec_len = 1,
                                  .category_anyof_mask = PAGE_IS_PRESENT, .return_mask = known[i]};
        if (scan(r, &arg) >= 0)
            return known[i];
    }
    return 0;
}

int lc_residency_init(struct lc_residency *r, pid_t original)
{
    *r = (struct lc_residency){
        .parts = lc_pages_map(PART_COUNT * sizeof r->parts[0], "scan"), .pagemap = -1, .is_copy = original, .original = -1};
    if (!r->parts)
        return -ENOMEM;
    if (original)
        r->original = lc_access_open(original, "pagemap");
    r->pagemap = lc_access_pagemap();
    r->categories = r->pagemap >= 0 ? probe(r) : 0;
    r->is_swap_told = r->pagemap >= 0;
    if (r->categories & PAGE_IS_GUARD)
        r->guards = LC_GUARDS_TOLD;
    return 0;
}

int lc_residency_init_of(struct lc_residency *r, pid_t pid)
{
    *r = (struct lc_residency){.pagemap = lc_access_open(pid, "pagemap"), .original = -1, .is_foreign = true, .is_counting = true};
    if (r->pagemap < 0)
        return r->pagemap;
    r->categories = probe(r);
    r->guards = LC_GUARDS_TOLD; /* where they are not, only reading would tell */
    return 0;
}

static struct lc_residency_part *part_at(struct lc_residency *r, uintptr_t address)
{
    struct lc_residency_part **part = &r->parts[address / PART_SIZE];
    if (*part || !(*part = lc_pool_alloc(sizeof **part)))
        return *part;
    memset(*part, 0, sizeof **part);
    (*part)->start = address - address % PART_SIZE;
    (*part)->next = r->first;
    return r->first = *part;
}

/* What a page that is not untouched is. */
enum state { RESIDENT, SWAPPED, ZERO, GUARD };

/* The bits of one word for pages [first, end) of it. */
static uint64_t bits(size_t first, size_t end)
{
    uint64_t up_to = end == 64 ? ~(uint64_t)0 : ((uint64_t)1 << end) - 1;
    return up_to & ~(((uint64_t)1 << first) - 1);
}

static int mark(struct lc_residency *r, struct lc_range pages, enum state state)
{
    for (uintptr_t a = pages.start; a < pages.end && !(a >> LC_RESIDENCY_ADDRESS_BITS);) {
        struct lc_residency_part *part = part_at(r, a);
        if (!part)
            return -ENOMEM;
        size_t page = a % PART_SIZE / LC_PAGE_SIZE, first = page % 64;
        size_t left = lc_range_size((struct lc_range){a, pages.end}) / LC_PAGE_SIZE;
        size_t end = left < 64 - first ? first + left : 64;
        uint64_t set = bits(first, end);
        part->pages[page / 64] |= set;
        if (state == SWAPPED)
            part->swapped[page / 64] |= set;
        if (state == ZERO)
            part->zero[page / 64] |= set;
        r->has_swapped |= state == SWAPPED;
        a += (end - first) * LC_PAGE_SIZE;
    }
    return 0;
}

/* Pages of one state: noted and counted. */
static int take(struct lc_residency *r, struct lc_range pages, enum state state, struct lc_residency_count *count)
{
    uint64_t *const sums[] = {&count->resident, &count->swapped, &count->zero, &count->guard};
    *sums[state] += lc_range_size(pages);
    return state == GUARD || r->is_counting ? 0 : mark(r, pages, state);
}

/* Does a guard page that we make show as one? In a kernel that has none, nothing can look like one. */
static bool are_guards_hidden(const struct lc_residency *r)
{
    uint64_t entry = 0;
    char *page = lc_pages_map(LC_PAGE_SIZE, "scan");
    if (!page)
        return true;
    bool has_guards = lc_sys_madvise((uintptr_t)page, LC_PAGE_SIZE, MADV_GUARD_INSTALL) == 0;
    if (has_guards)
        lc_sys_pread(r->pagemap, &entry, sizeof entry, (off_t)((uintptr_t)page / LC_PAGE_SIZE * sizeof entry));
    lc_pages_unmap(page, LC_PAGE_SIZE);
    return has_guards && !(entry & PAGEMAP_GUARD);
}

/* Pages that the kernel tells as swapped. Where it does not tell guards from them (6.13 and 6.14), only reading
 * does, one by one. */
static int take_swapped(struct lc_residency *r, struct lc_range pages, struct lc_residency_count *count)
{
    int rc = 0;
    if (r->guards == LC_GUARDS_UNASKED)
        r->guards = are_guards_hidden(r) ? LC_GUARDS_HIDDEN : LC_GUARDS_TOLD;
    if (r->guards == LC_GUARDS_TOLD)
        return take(r, pages, SWAPPED, count);
    for (uintptr_t a = pages.start; a < pages.end && rc == 0; a += LC_PAGE_SIZE) {
        char byte;
        bool is_readable = lc_sys_copy(&byte, a, 1) == 1;
        rc = take(r, (struct lc_range){a, a + LC_PAGE_SIZE}, is_readable ? SWAPPED : GUARD, count);
    }
    return rc;
}

static int take_found(struct lc_residency *r, const struct page_region *found, struct lc_residency_count *count)
{
    struct lc_range pages = {found->start, found->end};
    if (found->categories & PAGE_IS_GUARD)
        return take(r, pages, GUARD, count);
    if (found->categories & PAGE_IS_PRESENT)
        return take(r, pages, found->categories & PAGE_IS_PFNZERO ? ZERO : RESIDENT, count);
    return take_swapped(r, pages, count);
}

static int add_by_scan(struct lc_residency *r, struct lc_range range, struct lc_residency_count *count)
{
    struct page_region found[RANGES];
    while (range.start < range.end) {
        struct pm_scan_arg arg = {.size = sizeof arg, .start = range.start, .end = range.end,
                                  .vec = (uintptr_t)found, .vec_len = RANGES,
                                  .category_anyof_mask = PAGE_IS_PRESENT | PAGE_IS_SWAPPED,
                                  .return_mask = r->categories};
        int got = scan(r, &arg);
        int rc = got < 0 ? got : 0;
        for (int i = 0; i < got && rc == 0; i++)
            rc = take_found(r, &found[i], count);
        if (rc < 0)
            return rc;
        if (arg.walk_end <= range.start)
            return -EIO;
        range.start = arg.walk_end;
    }
    return 0;
}

/* An entry does not tell the page of zeroes. */
static int take_entry(struct lc_residency *r, struct lc_range page, uint64_t entry, struct lc_residency_count *count)
{
    if (entry & PAGEMAP_GUARD)
        return take(r, page, GUARD, count);
    if (entry & PAGEMAP_PRESENT)
        return take(r, page, RESIDENT, count);
    return entry & PAGEMAP_SWAPPED ? take_swapped(r, page, count) : 0;
}

static int add_by_pagemap(struct lc_residency *r, struct lc_range range, struct lc_residency_count *count)
{
    uint64_t entries[BATCH];
    while (range.start < range.end) {
        size_t pages = lc_range_size(range) / LC_PAGE_SIZE;
        size_t bytes = (pages < BATCH ? pages : BATCH) * sizeof entries[0];
        ssize_t got = lc_sys_pread(r->pagemap, entries, bytes, (off_t)(range.start / LC_PAGE_SIZE * sizeof entries[0]));
        if (got < (ssize_t)sizeof entries[0])
            return got < 0 ? (int)got : -EIO;
        for (size_t i = 0; i < (size_t)got / sizeof entries[0]; i++, range.start += LC_PAGE_SIZE) {
            int rc = take_entry(r, (struct lc_range){range.start, range.start + LC_PAGE_SIZE}, entries[i], count);
            if (rc < 0)
                return rc;
        }
    }
    return 0;
}

/* mincore tells of a file's pages whether they are cached, not whether they are mapped. */
static int add_by_mincore(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count)
{
    struct lc_range range = region->range;
    unsigned char state[BATCH];
    if (!lc_vm_region_is_anonymous(region) && region->name[0] == '/')
        return r->is_counting ? -ENODATA : mark(r, range, RESIDENT);
    if (lc_access_is_denied("mincore"))
        return -ENOSYS;
    while (range.start < range.end) {
        size_t pages = lc_range_size(range) / LC_PAGE_SIZE;
        pages = pages < BATCH ? pages : BATCH;
        int rc = lc_sys_mincore(range.start, pages * LC_PAGE_SIZE, state);
        if (rc < 0)
            return rc == -ENOMEM ? -EFAULT : rc; /* not mapped */
        for (size_t i = 0; i < pages; i++, range.start += LC_PAGE_SIZE)
            if (state[i] & 1 && take(r, (struct lc_range){range.start, range.start + LC_PAGE_SIZE}, RESIDENT, count) < 0)
                return -ENOMEM;
    }
    return 0;
}

bool lc_residency_is_left(const struct lc_vm_region *region)
{
    return region->permissions[3] == 's' || (region->inode && !lc_vm_region_is_writable(region));
}

static int add(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count)
{
    struct lc_residency_count here = {0};
    int rc = -ENOSYS;
    if (r->categories)
        rc = add_by_scan(r, region->range, &here);
    if (rc < 0 && rc != -ENOMEM && r->pagemap >= 0) {
        here = (struct lc_residency_count){0};
        rc = add_by_pagemap(r, region->range, &here);
    }
    if (rc < 0 && rc != -ENOMEM && !r->is_foreign) {
        here = (struct lc_residency_count){0};
        rc = add_by_mincore(r, region, &here);
    }
    if (rc < 0 && rc != -ENOMEM && !r->is_counting) { /* all of it is worth reading */
        r->is_blind = true;
        rc = mark(r, region->range, RESIDENT) < 0 ? -ENOMEM : rc;
    }
    if (count)
        *count = (struct lc_residency_count){count->resident + here.resident, count->swapped + here.swapped,
                                             count->zero + here.zero, count->guard + here.guard};
    return rc;
}

int lc_residency_add(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count)
{
    const struct lc_residency own = *r;
    if (r->is_copy && lc_residency_is_left(region))
        r->pagemap = own.original, r->categories = own.original < 0 ? 0 : own.categories;
    int rc = add(r, region, count);
    r->pagemap = own.pagemap, r->categories = own.categories;
    return rc;
}

int lc_residency_count(struct lc_residency *r, const struct lc_vm_region *region, struct lc_residency_count *count)
{
    r->is_counting = true;
    int rc = lc_residency_add(r, region, count);
    r->is_counting = r->is_foreign;
    return rc;
}

void lc_residency_finish(struct lc_residency *r)
{
    if (r->pagemap >= 0)
        lc_sys_close(r->pagemap);
    if (r->original >= 0)
        lc_sys_close(r->original);
    r->pagemap = r->original = -1;
}

static void measure_word(const struct lc_residency_part *part, size_t word, uint64_t asked, uint64_t bytes,
                         struct lc_residency_count *count)
{
    uint64_t there = part->pages[word] & asked, swapped = part->swapped[word] & asked, zero = part->zero[word] & asked;
    count->resident += (uint64_t)__builtin_popcountll(there & ~(swapped | zero)) * bytes;
    count->swapped += (uint64_t)__builtin_popcountll(swapped) * bytes;
    count->zero += (uint64_t)__builtin_popcountll(zero) * bytes;
}

/* Of a page only a part may be asked about; whole pages are taken by the word. */
void lc_residency_measure(const struct lc_residency *r, struct lc_range range, struct lc_residency_count *count)
{
    for (uintptr_t a = range.start, next; a < range.end; a = next) {
        const struct lc_residency_part *part = lc_residency_part(r, a);
        size_t page = a % PART_SIZE / LC_PAGE_SIZE, first = page % 64, end = first + 1;
        bool is_whole = a % LC_PAGE_SIZE == 0 && range.end - a >= LC_PAGE_SIZE;
        if (!part) {
            next = lc_align_down(a, PART_SIZE) + PART_SIZE;
            continue;
        }
        if (is_whole) {
            size_t left = (range.end - a) / LC_PAGE_SIZE;
            end = left < 64 - first ? first + left : 64;
        }
        next = lc_align_down(a, LC_PAGE_SIZE) + (end - first) * LC_PAGE_SIZE;
        uint64_t bytes = is_whole ? LC_PAGE_SIZE : (next < range.end ? next : range.end) - a;
        measure_word(part, page / 64, bits(first, end), bytes, count);
    }
}

static void put_back_part(const struct lc_residency_part *part, uintptr_t start)
{
    for (size_t word = 0; word < LC_RESIDENCY_PART_WORDS; word++)
        for (uint64_t left = part->swapped[word]; left;) {
            size_t first = (size_t)__builtin_ctzll(left);
            uint64_t run = ~(left >> first);
            size_t pages = run ? (size_t)__builtin_ctzll(run) : 64 - first;
            pages = pages < 64 - first ? pages : 64 - first;
            lc_sys_madvise(start + (word * 64 + first) * LC_PAGE_SIZE, pages * LC_PAGE_SIZE, MADV_PAGEOUT);
            left &= ~bits(first, first + pages);
        }
}

void lc_residency_put_back(const struct lc_residency *r)
{
    for (const struct lc_residency_part *part = r->has_swapped ? r->first : NULL; part; part = part->next)
        put_back_part(part, part->start);
}

void lc_residency_release(struct lc_residency *r)
{
    for (struct lc_residency_part *part = r->first, *next; part; part = next) {
        next = part->next;
        lc_pool_free(part, sizeof *part);
    }
    if (r->parts)
        lc_pages_unmap(r->parts, PART_COUNT * sizeof r->parts[0]);
    lc_residency_finish(r);
    *r = (struct lc_residency){.pagemap = -1, .original = -1};
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
