#include "scan/heuristics.h"

#define WORD sizeof(uint64_t)

/* valgrind's VTABLE_MAX_CHECK */
#define TABLE_WORDS 20

static uint64_t word_at(uintptr_t address)
{
    return *(const uint64_t *)address;
}

/* length, capacity, reference count, characters, NUL: std::string before C++11's ABI. */
static bool is_string(struct lc_range block, uintptr_t pointer)
{
    if (pointer != block.start + 3 * WORD)
        return false;
    uint64_t length = word_at(block.start), capacity = word_at(block.start + WORD);
    return 3 * WORD + capacity + 1 == lc_range_size(block) && length <= capacity;
}

/* The size of the rest, and the rest: sqlite's blocks. */
static bool is_after_length(struct lc_range block, uintptr_t pointer)
{
    return pointer == block.start + WORD && word_at(block.start) > 0 &&
           lc_range_size(block) - WORD == word_at(block.start);
}

/* The number of elements, and elements with a destructor. */
static bool is_after_count(struct lc_range block, uintptr_t pointer)
{
    return pointer == block.start + WORD && word_at(block.start) > 0 &&
           (lc_range_size(block) - WORD) % word_at(block.start) == 0;
}

static bool is_file(const struct lc_vm_region *r)
{
    return r && r->name[0] == '/';
}

/* A table of nothing but zeroes and code, of which there are two, in a readable file mapping. */
static bool is_vtable(const struct lc_segments *s, uintptr_t table)
{
    const struct lc_vm_region *r = lc_segments_find(s, table);
    if (table % WORD || table < LC_PAGE_SIZE || !is_file(r) || r->permissions[0] != 'r')
        return false;
    uintptr_t end = table + TABLE_WORDS * WORD;
    unsigned functions = 0;
    if (end > r->range.end - WORD)
        end = r->range.end - WORD;
    for (uintptr_t at = table; at <= end && functions < 2; at += WORD) {
        uintptr_t function = word_at(at);
        if (!function)
            continue;
        const struct lc_vm_region *code = lc_segments_find(s, function);
        if (!is_file(code) || !lc_vm_region_is_executable(code))
            return false;
        functions++;
    }
    return functions == 2;
}

/* A base class that is not the first: the object begins with a table, and so does its part. */
static bool is_base(const struct lc_segments *s, struct lc_range block, uintptr_t pointer)
{
    return pointer % WORD == 0 && pointer + WORD <= block.end && is_vtable(s, word_at(pointer)) &&
           is_vtable(s, word_at(block.start));
}

enum lc_heuristic lc_heuristics_find(unsigned set, const struct lc_segments *segments, struct lc_range block,
                                     uintptr_t pointer)
{
    if (lc_range_size(block) < WORD || block.start % WORD)
        return LC_HEURISTIC_NONE;
    if (set & 1u << LC_HEURISTIC_STDSTRING && is_string(block, pointer))
        return LC_HEURISTIC_STDSTRING;
    if (set & 1u << LC_HEURISTIC_LENGTH64 && is_after_length(block, pointer))
        return LC_HEURISTIC_LENGTH64;
    if (set & 1u << LC_HEURISTIC_NEWARRAY && is_after_count(block, pointer))
        return LC_HEURISTIC_NEWARRAY;
    if (set & 1u << LC_HEURISTIC_MULTIPLEINHERITANCE && is_base(segments, block, pointer))
        return LC_HEURISTIC_MULTIPLEINHERITANCE;
    return LC_HEURISTIC_NONE;
}
