/* The classes of random graphs of blocks are what the definitions say, worked out the slow way. */
#include "../intern.h"
#include "scan/classify.h"

#include "random.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <sys/mman.h>

enum { SEEDS = 500, BLOCKS_MAX = 24, WORDS = 12, ROOTS = 4, ARENA = 1 << 16 };

struct block {
    uintptr_t start;
    size_t size;
};

static uint64_t seed;
static char *arena;
static struct block blocks[BLOCKS_MAX];
static size_t count;
static uintptr_t roots[ROOTS];
static size_t hung;

/* The model: who leads to whom. */
static bool from_root_start[BLOCKS_MAX], from_root_any[BLOCKS_MAX];
static bool starts[BLOCKS_MAX][BLOCKS_MAX], any[BLOCKS_MAX][BLOCKS_MAX];

/* A word that leads to `to`; whether by its start. */
static uintptr_t pointer_to(size_t to, bool *is_start)
{
    const struct block *b = &blocks[to];
    *is_start = false;
    switch (random_below(5)) {
    case 0:
        return b->start + 8 + random_below(b->size > 16 ? b->size - 8 : 1);
    case 1:
        return b->start | (uintptr_t)(1 + random_below(0xffff)) << 48;
    default:
        *is_start = true;
        return b->start;
    }
}

static void make_words(uintptr_t *words, size_t words_count, bool *start, bool *all)
{
    for (size_t i = 0; i < words_count; i++) {
        words[i] = random_below(1000);
        if (random_below(3))
            continue;
        size_t to = random_below(count);
        bool is_start;
        words[i] = pointer_to(to, &is_start);
        all[to] = true;
        start[to] |= is_start;
    }
}

static void make_graph(void)
{
    uintptr_t at = (uintptr_t)arena;
    uint32_t replaced;
    count = 1 + random_below(BLOCKS_MAX);
    memset(arena, 0, ARENA);
    memset(from_root_start, 0, sizeof from_root_start);
    memset(from_root_any, 0, sizeof from_root_any);
    memset(starts, 0, sizeof starts);
    memset(any, 0, sizeof any);
    for (size_t i = 0; i < count; i++) {
        size_t size = random_below(8) ? 16 + 8 * random_below(WORDS) : 5000;
        blocks[i] = (struct block){at, size};
        cr_assert(lc_heap_put(at, intern_site(size), &replaced));
        at += (size + 32 + 16 * random_below(3) + 15) & ~(uintptr_t)15;
        at = (at & 31 && random_below(2)) ? at : (at + 31) & ~(uintptr_t)31;
        if ((at & ~(uintptr_t)31) < blocks[i].start + 32)
            at = (blocks[i].start + 64) & ~(uintptr_t)31;
    }
    cr_assert(lt(uptr, at, (uintptr_t)arena + ARENA));
    for (size_t i = 0; i < count; i++)
        make_words((uintptr_t *)blocks[i].start, blocks[i].size / 8 < WORDS ? blocks[i].size / 8 : WORDS, starts[i], any[i]);
    make_words(roots, ROOTS, from_root_start, from_root_any);
}

static void forget_graph(void)
{
    uint32_t site;
    for (size_t i = 0; i < count; i++)
        lc_heap_take(blocks[i].start, &site);
}

/* Spreads `in` over the edges, to blocks that are `open`. */
static void spread(bool *in, bool edges[BLOCKS_MAX][BLOCKS_MAX], const bool *closed)
{
    bool more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count; j++)
                if (in[i] && edges[i][j] && !in[j] && !closed[j])
                    more = in[j] = true;
    }
}

static bool is_led_to[BLOCKS_MAX][BLOCKS_MAX];

static void check_lost(const struct lc_blocks *index, const bool *held)
{
    size_t indirect = 0;
    for (size_t i = 0; i < count; i++) {
        memset(is_led_to[i], 0, sizeof is_led_to[i]);
        is_led_to[i][i] = !held[i];
        spread(is_led_to[i], any, held);
    }
    for (size_t i = 0; i < count; i++) {
        if (held[i])
            continue;
        bool is_leader = true;
        for (size_t j = 0; j < count; j++)
            if (j != i && !held[j] && is_led_to[j][i])
                is_leader &= is_led_to[i][j] && i < j; /* on one cycle, and the first of it */
        uint8_t class = *lc_blocks_mark(index, blocks[i].start) & LC_MARK_CLASS;
        cr_assert(eq(u8, class, is_leader ? LC_UNREACHED : LC_INDIRECT), "seed %lu: block %zu", seed, i);
        indirect += !is_leader;
    }
    cr_assert(eq(sz, hung, indirect), "seed %lu", seed);
}

static void count_hung(void *context, lc_block_ref leader, lc_block_ref ref)
{
    size_t from = count, to = count;
    (void)context;
    for (size_t i = 0; i < count; i++) {
        from = blocks[i].start == leader ? i : from;
        to = blocks[i].start == ref ? i : to;
    }
    cr_assert(from < count && to < count && from != to);
    hung++;
}

static void check_graph(size_t list_bytes)
{
    static const bool none[BLOCKS_MAX];
    struct lc_blocks index;
    struct lc_residency residency;
    const struct lc_vm_region region = {
        .range = {(uintptr_t)arena, (uintptr_t)arena + ARENA}, .permissions = "rw-p", .name = ""};
    cr_assert(eq(int, lc_blocks_init(&index, NULL, 0), 0));
    cr_assert(eq(int, lc_residency_init(&residency, 0), 0));
    cr_assert(eq(int, lc_residency_add(&residency, &region, NULL), 0));
    struct lc_marker m = {.blocks = &index, .residency = &residency, .segments = {&region, 1}, .phase = LC_PHASE_REACH};
    cr_assert(eq(int, lc_marker_init(&m, list_bytes), 0));
    hung = 0;
    lc_marker_words(&m, roots, ROOTS);
    cr_assert(eq(int, lc_classify(&m, count_hung, NULL), 0));

    bool reachable[BLOCKS_MAX], held[BLOCKS_MAX];
    memcpy(reachable, from_root_start, sizeof reachable);
    spread(reachable, starts, none);
    memcpy(held, from_root_any, sizeof held);
    for (size_t i = 0; i < count; i++)
        held[i] |= reachable[i];
    spread(held, any, none);
    for (size_t i = 0; i < count; i++) {
        uint8_t class = *lc_blocks_mark(&index, blocks[i].start) & LC_MARK_CLASS;
        if (held[i])
            cr_assert(eq(u8, class, reachable[i] ? LC_REACHABLE : LC_POSSIBLE), "seed %lu: block %zu", seed, i);
    }
    check_lost(&index, held);
    lc_marker_release(&m);
    lc_residency_release(&residency);
    lc_blocks_release(&index);
}

static void check_all(size_t list_bytes)
{
    lc_heap_init(32);
    arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (seed = 1; seed <= SEEDS; seed++) {
        random_state = seed;
        make_graph();
        check_graph(list_bytes);
        forget_graph();
    }
}

Test(prop_classes, are_what_the_definitions_say)
{
    check_all(1 << 16);
}

Test(prop_classes, are_the_same_when_the_list_is_always_full)
{
    check_all(2 * sizeof(lc_block_ref));
}
