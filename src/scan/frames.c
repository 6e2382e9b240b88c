#include "scan/frames.h"

#include "base/arena.h"
#include "base/sort.h"
#include "unwind/walk.h"

#include <string.h>

#define DEPTH_MAX 100000 /* frames of one stack: a recursion that never ends has more */

static bool add(struct lc_frames *f, struct lc_stack_frame frame)
{
    if (f->count == f->capacity) {
        struct lc_stack_frame *more = lc_pages_grow(f->at, &f->capacity, sizeof *more, "scan");
        if (!more)
            return false;
        f->at = more;
    }
    f->at[f->count++] = frame;
    return true;
}

/* A frame that a signal has put there has no function, and its caller may stand on another stack. */
static void follow(struct lc_frames *f, struct lc_walker *w, struct lc_frame frame)
{
    memset(&w->readable, 0, sizeof w->readable);
    lc_readable_enter(&w->readable, frame.sp + sizeof(uintptr_t)); /* its own page: it stands there */
    for (unsigned i = 0; i < DEPTH_MAX; i++) {
        struct lc_frame caller = frame;
        if (lc_walk(w, &caller) != LC_STEP_CALLER)
            return;
        struct lc_stack_frame found = {{frame.sp, caller.sp}, frame.pc, frame.exact};
        if (!caller.exact && !lc_range_is_empty(found.range) && !add(f, found))
            return;
        frame = caller;
    }
}

static void follow_self(struct lc_frames *f, struct lc_walker *w, const struct lc_self *self)
{
    const uintptr_t *r = self->registers;
    w->registers.known = self->known;
    memcpy(w->registers.value, r, sizeof w->registers.value);
    bool is_interrupted = self->known >> 0 & 1; /* a call keeps no rax */
    follow(f, w, (struct lc_frame){r[LC_RIP], self->sp, r[LC_RBP], is_interrupted});
}

static void follow_stopped(struct lc_frames *f, struct lc_walker *w, const struct lc_world_thread *t)
{
    static const uint8_t dwarf[LC_WORLD_REGISTERS] = {8, 9, 10, 11, 12, 13, 14, 15, 5, 4, LC_RBP, 3, 1, 0, 2, LC_RSP};
    for (unsigned i = 0; i < LC_WORLD_REGISTERS; i++)
        lc_registers_set(&w->registers, dwarf[i], t->registers[i]);
    follow(f, w, (struct lc_frame){t->pc, t->sp, w->registers.value[LC_RBP], true});
}

static int by_start(const void *va, const void *vb)
{
    const struct lc_stack_frame *a = va, *b = vb;
    return (a->range.start > b->range.start) - (a->range.start < b->range.start);
}

void lc_frames_find(struct lc_frames *f, const struct lc_self *self, const struct lc_world *world)
{
    *f = (struct lc_frames){0};
    struct lc_walker *w = lc_pages_map(sizeof *w, "scan");
    if (!w)
        return;
    follow_self(f, w, self);
    for (size_t i = 0; i < world->count; i++)
        if (world->threads[i].state == LC_THREAD_STOPPED)
            follow_stopped(f, w, &world->threads[i]);
    lc_pages_unmap(w, sizeof *w);
    lc_sort(f->at, f->count, sizeof f->at[0], by_start);
}

void lc_frames_release(struct lc_frames *f)
{
    if (f->at)
        lc_pages_unmap(f->at, f->capacity * sizeof f->at[0]);
    *f = (struct lc_frames){0};
}

const struct lc_stack_frame *lc_frames_at(const struct lc_frames *f, uintptr_t address)
{
    size_t low = 0, high = f->count; /* the first that starts above the address is in [low, high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f->at[middle].range.start > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low && lc_range_has(f->at[low - 1].range, address) ? &f->at[low - 1] : NULL;
}
