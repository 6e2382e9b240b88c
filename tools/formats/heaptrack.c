/* Heaptrack's data, version 3 of its format, for heaptrack_gui and heaptrack_print: hexadecimal numbers; strings, addresses
 * and traces are named by the order in which they come. Only what was not freed is known, so nothing is freed in it. */
#include "formats/ids.h"
#include "formats/profile.h"
#include "formats/stack.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define COMMAND_SIZE 4096
#define PAGE_BYTES 4096

struct writer {
    struct lc_out *out;
    struct lc_ids strings, addresses, traces;
    size_t allocations;
};

/* 0 for NULL. */
static size_t string_of(struct writer *w, const char *text)
{
    bool is_new;
    if (!text)
        return 0;
    size_t id = lc_ids_of_text(&w->strings, text, &is_new);
    if (is_new) {
        char *mended = lc_markup_mended(text);
        lc_out_fmt(w->out, "s %zx %s\n", strlen(mended), mended);
        free(mended);
    }
    return id;
}

/* Its line tells it from others. */
static size_t address_of(struct writer *w, const struct lc_call *calls, size_t count)
{
    size_t room = (count + 1) * 64;
    struct lc_out line;
    bool is_new;
    lc_out_init(&line, -1, lc_mem_alloc(room, 1), room);
    lc_out_fmt(&line, "i %lx %zx", (unsigned long)calls->pc, string_of(w, calls->module ? calls->module->path : NULL));
    for (size_t i = 0; i < count && calls[i].at.function; i++) {
        const struct lc_location *at = &calls[i].at;
        lc_out_fmt(&line, " %zx %zx %x", string_of(w, at->function), string_of(w, at->source ? at->source : at->path), at->line);
    }
    size_t id = lc_ids_of(&w->addresses, line.buf, line.len, &is_new);
    if (is_new) {
        lc_out_mem(w->out, line.buf, line.len);
        lc_out_char(w->out, '\n');
    }
    free(line.buf);
    return id;
}

/* From the outermost frame inwards, each on top of its caller's trace; the allocation function is none. */
static size_t trace_of(struct writer *w, const struct lc_stack *s, size_t first)
{
    struct {
        size_t address, parent;
    } key = {0};
    bool is_new;
    if (first >= s->count)
        return 0;
    size_t count = lc_stack_inlined(s, first);
    key.parent = trace_of(w, s, first + count);
    key.address = address_of(w, &s->at[first], count);
    size_t id = lc_ids_of(&w->traces, &key, sizeof key, &is_new);
    if (is_new)
        lc_out_fmt(w->out, "t %zx %zx\n", key.address, key.parent);
    return id;
}

static void put_allocations(struct writer *w, uint64_t size, uint64_t count, size_t trace)
{
    if (!count)
        return;
    lc_out_fmt(w->out, "a %lx %zx\n", (unsigned long)size, trace);
    for (uint64_t i = 0; i < count; i++)
        lc_out_fmt(w->out, "+ %zx\n", w->allocations);
    w->allocations++;
}

/* Only the sum of their sizes is known: blocks as equal as can be. */
static void put_leak(struct writer *w, const struct lc_report *r, const struct lc_leak *l)
{
    struct lc_stack s = lc_stack_of(r, &l->site);
    size_t trace = trace_of(w, &s, 1);
    uint64_t larger = l->bytes % l->blocks;
    put_allocations(w, l->bytes / l->blocks, l->blocks - larger, trace);
    put_allocations(w, l->bytes / l->blocks + 1, larger, trace);
}

static bool print(const struct lc_report *r)
{
    char command[COMMAND_SIZE];
    struct writer w = {.out = r->out};
    const struct lc_findings *f = r->findings;
    size_t index = 0;
    lc_out_fmt(r->out, "v 10400 3\nX %s\nI %x 0\nc 0\n", lc_profile_command(r, command, sizeof command), PAGE_BYTES);
    for (const struct lc_leak *l; (l = lc_profile_next(r, lc_profile_kinds(r), &index));)
        if (l->blocks)
            put_leak(&w, r, l);
    if (f->memory.is_known)
        lc_out_fmt(r->out, "R %lx\n", (unsigned long)(f->memory.vm_hwm / PAGE_BYTES));
    lc_out_fmt(r->out, "c %lx\n", (unsigned long)f->process.duration_ms);
    lc_ids_free(&w.strings);
    lc_ids_free(&w.addresses);
    lc_ids_free(&w.traces);
    return true;
}

const struct lc_formatter lc_formatter_heaptrack = {.print = print};
