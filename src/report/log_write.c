#include "report/log_write.h"

#include "base/sys.h"
#include "leakcheck/log.h"
#include "report/escape.h"
#include "report/words.h"

static void put_string(struct lc_out *out, const char *key, const char *value)
{
    lc_out_fmt(out, " %s=", key);
    lc_escape_log(out, value);
}

static void put_number(struct lc_out *out, const char *key, uint64_t value)
{
    lc_out_fmt(out, " %s=%lu", key, (unsigned long)value);
}

static void put_address(struct lc_out *out, const char *key, uintptr_t value)
{
    lc_out_fmt(out, " %s=0x%lx", key, (unsigned long)value);
}

static void put_id(struct lc_out *out, const char *key, uint32_t id)
{
    if (id == LC_NONE)
        lc_out_fmt(out, " %s=-", key);
    else
        put_number(out, key, id);
}

static void put_site(struct lc_out *out, const struct lc_site *s)
{
    put_string(out, "function", s->function);
    put_address(out, "at", s->address);
    put_id(out, "stack", s->stack);
}

static void end_line(struct lc_out *out)
{
    lc_out_char(out, '\n');
}

static void write_strings(struct lc_out *out, const char *word, const char *key, const char *const *values,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lc_out_str(out, word);
        put_string(out, key, values[i]);
        end_line(out);
    }
}

static void write_process(struct lc_out *out, const struct lc_findings *f)
{
    const struct lc_process *p = &f->process;
    lc_out_fmt(out, "process pid=%d ppid=%d main=%d", p->pid, p->ppid, p->is_main);
    put_string(out, "exe", p->executable);
    put_string(out, "cwd", p->directory);
    put_number(out, "start-ms", p->start_unix_ms);
    put_number(out, "duration-ms", p->duration_ms);
    lc_out_fmt(out, " end=%s value=%d", lc_words_end.word[p->end_kind], p->end_value);
    put_string(out, "library", f->version);
    end_line(out);
    write_strings(out, "argument", "value", p->arguments, p->argument_count);
    write_strings(out, "test", "name", &p->test, p->test && *p->test);
    write_strings(out, "option", "value", f->options, f->option_count);
    write_strings(out, "suppressions", "text", &f->suppressions, f->suppressions != NULL);
}

static void write_moment(struct lc_out *out, const struct lc_moment *m)
{
    if (!m->number)
        return;
    lc_out_str(out, "moment");
    put_number(out, "number", m->number);
    put_number(out, "time-ms", m->unix_ms);
    put_number(out, "pause-us", m->pause_us);
    lc_out_fmt(out, " copy=%d\n", m->is_copy);
}

static void write_modules(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->module_count; i++) {
        const struct lc_module *m = &f->modules[i];
        lc_out_fmt(out, "module id=%zu", i);
        put_address(out, "start", m->range.start);
        put_address(out, "end", m->range.end);
        put_address(out, "bias", m->bias);
        lc_out_fmt(out, " closed=%d", m->is_closed);
        put_string(out, "build-id", m->build_id);
        put_string(out, "path", m->path);
        end_line(out);
    }
}

static void write_frames(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->frame_count; i++) {
        const struct lc_frame *frame = &f->frames[i];
        lc_out_fmt(out, "frame id=%zu", i);
        put_id(out, "outer", frame->outer);
        put_id(out, "module", frame->module);
        put_address(out, "address", frame->address);
        lc_out_fmt(out, " exact=%d cut=%d\n", frame->is_exact, frame->is_cut);
    }
}

static void put_footprint(struct lc_out *out, const struct lc_footprint *f)
{
    put_number(out, "resident", f->resident);
    put_number(out, "proportional", f->proportional);
    put_number(out, "swapped", f->swapped);
    put_number(out, "untouched", f->untouched);
    put_number(out, "pinned", f->pinned);
}

static void write_leaks(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        lc_out_fmt(out, "leak kind=%s", lc_words_leak.word[l->kind]);
        put_number(out, "bytes", l->bytes);
        put_number(out, "blocks", l->blocks);
        if (l->hanging_blocks) {
            put_number(out, "hanging-bytes", l->hanging_bytes);
            put_number(out, "hanging-blocks", l->hanging_blocks);
        }
        if (l->vtable)
            put_address(out, "vtable", l->vtable);
        if (l->cycles)
            put_number(out, "cycles", l->cycles);
        put_site(out, &l->site);
        if (l->has_footprint)
            put_footprint(out, &l->footprint);
        end_line(out);
    }
}

static void write_footprints(struct lc_out *out, const struct lc_findings *f)
{
    for (unsigned kind = 0; f->has_footprints && kind < LC_LEAK_KIND_COUNT; kind++) {
        lc_out_fmt(out, "class kind=%s", lc_words_leak.word[kind]);
        put_footprint(out, &f->footprints[kind]);
        end_line(out);
    }
}

static void write_hanging(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->hanging_count; i++) {
        const struct lc_hanging_leak *h = &f->hanging[i];
        lc_out_str(out, "hanging");
        put_number(out, "leak", h->leak);
        put_number(out, "bytes", h->bytes);
        put_number(out, "blocks", h->blocks);
        put_site(out, &h->site);
        end_line(out);
    }
}

static void write_steps(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->step_count; i++) {
        const struct lc_step *s = &f->steps[i];
        lc_out_str(out, "step");
        put_id(out, "leak", s->leak);
        lc_out_fmt(out, " holder=%s", lc_words_holder.word[s->holder]);
        put_address(out, "word", s->word);
        lc_out_fmt(out, " tid=%d", s->tid);
        put_string(out, "name", s->name);
        put_number(out, "offset", s->offset);
        put_number(out, "size", s->size);
        if (*s->site.function)
            put_site(out, &s->site);
        else if (s->site.stack != LC_NONE)
            put_id(out, "frame", s->site.stack);
        end_line(out);
    }
}

static void write_heuristics(struct lc_out *out, const struct lc_findings *f)
{
    for (unsigned i = 0; i < LC_HEURISTIC_COUNT; i++) {
        const struct lc_heuristic_totals *h = &f->heuristics[i];
        if (!h->blocks)
            continue;
        lc_out_fmt(out, "heuristic name=%s", lc_heuristic_words[i]);
        put_number(out, "bytes", h->bytes);
        put_number(out, "blocks", h->blocks);
        end_line(out);
    }
}

static void write_blocks(struct lc_out *out, const struct lc_findings *f)
{
    if (!f->has_blocks)
        return;
    for (size_t i = 0; i < f->block_count; i++) {
        const struct lc_block *b = &f->blocks[i];
        lc_out_str(out, "block");
        put_address(out, "address", b->address);
        put_number(out, "size", b->size);
        lc_out_fmt(out, " kind=%s", lc_words_leak.word[b->kind]);
        put_site(out, &b->site);
        end_line(out);
    }
    lc_out_fmt(out, "blocks count=%zu\n", f->block_count);
}

static void write_errors(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->error_count; i++) {
        const struct lc_error *e = &f->errors[i];
        lc_out_fmt(out, "error kind=%s", lc_words_error.word[e->kind]);
        put_number(out, "count", e->count);
        put_address(out, "address", e->address);
        put_number(out, "size", e->size);
        put_site(out, &e->site);
        put_string(out, "origin-function", e->origin.function);
        put_address(out, "origin-at", e->origin.address);
        put_id(out, "origin-stack", e->origin.stack);
        end_line(out);
    }
}

static void write_regions(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->region_count; i++) {
        const struct lc_region *r = &f->regions[i];
        const struct lc_vm_region *vm = &r->vm;
        lc_out_str(out, "region");
        put_address(out, "start", vm->range.start);
        put_address(out, "end", vm->range.end);
        lc_out_fmt(out, " perm=%s kind=%s", vm->permissions, lc_words_region.word[vm->kind]);
        put_address(out, "offset", vm->offset);
        put_string(out, "name", vm->name);
        put_string(out, "purpose", r->purpose);
        if (vm->has_residency) {
            put_number(out, "rss", vm->resident);
            put_number(out, "pss", vm->proportional);
            put_number(out, "dirty", vm->dirty);
            put_number(out, "swap", vm->swapped);
            put_number(out, "locked", vm->locked);
            put_number(out, "huge", vm->huge);
            put_number(out, "lazy", vm->lazy);
            put_number(out, "zero", vm->zero);
            put_number(out, "guard", vm->guard);
            put_number(out, "untouched", lc_vm_region_untouched(vm));
        }
        if (r->leaked)
            put_number(out, "leaked", r->leaked);
        if (*r->site.function)
            put_site(out, &r->site);
        end_line(out);
    }
}

static void write_arenas(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->arena_count; i++) {
        const struct lc_arena *a = &f->arenas[i];
        lc_out_str(out, "arena");
        put_string(out, "name", a->name);
        put_address(out, "address", a->address);
        put_number(out, "size", a->size);
        put_number(out, "rss", a->resident);
        put_number(out, "swap", a->swapped);
        put_number(out, "top", a->top);
        put_number(out, "blocks", a->blocks);
        put_number(out, "bytes", a->bytes);
        put_number(out, "bytes-rss", a->bytes_resident);
        put_number(out, "overhead-rss", a->overhead_resident);
        end_line(out);
    }
}

static void write_sizes(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->size_count; i++) {
        lc_out_str(out, "size");
        put_number(out, "text", f->sizes[i].text);
        put_number(out, "data", f->sizes[i].data);
        put_number(out, "bss", f->sizes[i].bss);
        put_string(out, "path", f->sizes[i].path);
        end_line(out);
    }
}

static void write_facts(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->fact_count; i++) {
        const struct lc_vm_fact *fact = &f->facts[i];
        lc_out_fmt(out, "fact group=%s", lc_words_fact.word[fact->group]);
        put_string(out, "name", fact->name);
        put_number(out, fact->error ? "error" : "value", fact->error ? (uint64_t)fact->error : fact->value);
        end_line(out);
    }
}

static void write_heap(struct lc_out *out, const struct lc_heap_totals *h)
{
    lc_out_str(out, "heap");
    put_number(out, "allocations", h->allocations);
    put_number(out, "frees", h->frees);
    put_number(out, "bytes", h->bytes);
    put_number(out, "live-blocks", h->live_blocks);
    put_number(out, "live-bytes", h->live_bytes);
    put_number(out, "peak-bytes", h->peak_bytes);
    end_line(out);
}

/* Without /proc, `own` is all that is known. */
static void write_memory(struct lc_out *out, const struct lc_vm_status *m, uint64_t own)
{
    lc_out_str(out, "memory");
    if (m->is_known) {
        put_number(out, "peak", m->vm_peak);
        put_number(out, "size", m->vm_size);
        put_number(out, "hwm", m->vm_hwm);
        put_number(out, "rss", m->vm_rss);
        put_number(out, "rss-anon", m->rss_anon);
        put_number(out, "rss-file", m->rss_file);
        put_number(out, "rss-shmem", m->rss_shmem);
        put_number(out, "data", m->vm_data);
        put_number(out, "stack", m->vm_stk);
        put_number(out, "exe", m->vm_exe);
        put_number(out, "lib", m->vm_lib);
        put_number(out, "pte", m->vm_pte);
        put_number(out, "swap", m->vm_swap);
        put_number(out, "locked", m->vm_lck);
    }
    put_number(out, "own", own);
    end_line(out);
}

static void write_coverage(struct lc_out *out, const struct lc_coverage *c)
{
    lc_out_str(out, "coverage");
    put_number(out, "dropped", c->dropped);
    put_number(out, "unknown-frees", c->unknown_frees);
    put_number(out, "early-blocks", c->early_blocks);
    put_number(out, "truncated-stacks", c->truncated_stacks);
    put_number(out, "unstopped-threads", c->unstopped_threads);
    end_line(out);
}

int lc_log_write(struct lc_out *out, const struct lc_findings *f)
{
    uint64_t before = out->lines;
    lc_out_fmt(out, "%s %d\n", LEAKCHECK_LOG_MAGIC, LEAKCHECK_LOG_VERSION);
    write_process(out, f);
    write_moment(out, &f->moment);
    write_modules(out, f);
    write_frames(out, f);
    write_leaks(out, f);
    write_footprints(out, f);
    write_hanging(out, f);
    write_steps(out, f);
    write_heuristics(out, f);
    write_blocks(out, f);
    write_errors(out, f);
    write_regions(out, f);
    write_arenas(out, f);
    write_sizes(out, f);
    write_facts(out, f);
    write_heap(out, &f->heap);
    write_memory(out, &f->memory, f->own_bytes);
    write_coverage(out, &f->coverage);
    write_strings(out, "note", "text", f->notes, f->note_count);
    lc_out_fmt(out, "end lines=%lu\n", (unsigned long)(out->lines - before));
    return lc_out_flush(out);
}

int lc_log_write_memory(const struct lc_findings *f, char *buffer, size_t size)
{
    struct lc_out out;
    int fd = lc_sys_memfd("leakcheck-log");
    if (fd < 0)
        return fd;
    lc_out_init(&out, fd, buffer, size);
    int rc = lc_log_write(&out, f);
    if (rc == 0)
        return fd;
    lc_sys_close(fd);
    return rc;
}
