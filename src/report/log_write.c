#include "report/log_write.h"

#include "base/sys.h"
#include "leakcheck/log.h"
#include "report/log_crash.h"
#include "report/log_fields.h"
#include "report/words.h"

static void end_line(struct lc_out *out)
{
    lc_out_char(out, '\n');
}

static void write_strings(struct lc_out *out, const char *word, const char *key, const char *const *values,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        lc_out_str(out, word);
        lc_log_put_string(out, key, values[i]);
        end_line(out);
    }
}

static void write_process(struct lc_out *out, const struct lc_findings *f)
{
    const struct lc_process *p = &f->process;
    lc_out_fmt(out, "process pid=%d ppid=%d main=%d", p->pid, p->ppid, p->is_main);
    lc_log_put_string(out, "exe", p->executable);
    lc_log_put_string(out, "cwd", p->directory);
    lc_log_put_number(out, "start-ms", p->start_unix_ms);
    lc_log_put_number(out, "duration-ms", p->duration_ms);
    lc_out_fmt(out, " end=%s value=%d", lc_words_end.word[p->end_kind], p->end_value);
    lc_log_put_string(out, "library", f->version);
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
    lc_log_put_number(out, "number", m->number);
    lc_log_put_number(out, "time-ms", m->unix_ms);
    lc_log_put_number(out, "pause-us", m->pause_us);
    lc_out_fmt(out, " copy=%d\n", m->is_copy);
}

static void write_modules(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->module_count; i++) {
        const struct lc_module *m = &f->modules[i];
        lc_out_fmt(out, "module id=%zu", i);
        lc_log_put_address(out, "start", m->range.start);
        lc_log_put_address(out, "end", m->range.end);
        lc_log_put_address(out, "bias", m->bias);
        lc_out_fmt(out, " closed=%d", m->is_closed);
        lc_log_put_string(out, "build-id", m->build_id);
        lc_log_put_string(out, "path", m->path);
        end_line(out);
    }
}

static void write_frames(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->frame_count; i++) {
        const struct lc_frame *frame = &f->frames[i];
        lc_out_fmt(out, "frame id=%zu", i);
        lc_log_put_id(out, "outer", frame->outer);
        lc_log_put_id(out, "module", frame->module);
        lc_log_put_address(out, "address", frame->address);
        lc_out_fmt(out, " exact=%d cut=%d\n", frame->is_exact, frame->is_cut);
    }
}

static void put_footprint(struct lc_out *out, const struct lc_footprint *f)
{
    lc_log_put_number(out, "resident", f->resident);
    lc_log_put_number(out, "proportional", f->proportional);
    lc_log_put_number(out, "swapped", f->swapped);
    lc_log_put_number(out, "untouched", f->untouched);
    lc_log_put_number(out, "pinned", f->pinned);
}

static void write_leaks(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        lc_out_fmt(out, "leak kind=%s", lc_words_leak.word[l->kind]);
        lc_log_put_number(out, "bytes", l->bytes);
        lc_log_put_number(out, "blocks", l->blocks);
        if (l->hanging_blocks) {
            lc_log_put_number(out, "hanging-bytes", l->hanging_bytes);
            lc_log_put_number(out, "hanging-blocks", l->hanging_blocks);
        }
        if (l->vtable)
            lc_log_put_address(out, "vtable", l->vtable);
        if (l->cycles)
            lc_log_put_number(out, "cycles", l->cycles);
        lc_log_put_site(out, &l->site);
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
        lc_log_put_number(out, "leak", h->leak);
        lc_log_put_number(out, "bytes", h->bytes);
        lc_log_put_number(out, "blocks", h->blocks);
        lc_log_put_site(out, &h->site);
        end_line(out);
    }
}

static void write_steps(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->step_count; i++) {
        const struct lc_step *s = &f->steps[i];
        lc_out_str(out, "step");
        lc_log_put_id(out, "leak", s->leak);
        lc_out_fmt(out, " holder=%s", lc_words_holder.word[s->holder]);
        lc_log_put_address(out, "word", s->word);
        lc_out_fmt(out, " tid=%d", s->tid);
        lc_log_put_string(out, "name", s->name);
        lc_log_put_number(out, "offset", s->offset);
        lc_log_put_number(out, "size", s->size);
        if (*s->site.function)
            lc_log_put_site(out, &s->site);
        else if (s->site.stack != LC_NONE)
            lc_log_put_id(out, "frame", s->site.stack);
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
        lc_log_put_number(out, "bytes", h->bytes);
        lc_log_put_number(out, "blocks", h->blocks);
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
        lc_log_put_address(out, "address", b->address);
        lc_log_put_number(out, "size", b->size);
        lc_out_fmt(out, " kind=%s", lc_words_leak.word[b->kind]);
        lc_log_put_site(out, &b->site);
        end_line(out);
    }
    lc_out_fmt(out, "blocks count=%zu\n", f->block_count);
}

static void write_errors(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->error_count; i++) {
        const struct lc_error *e = &f->errors[i];
        lc_out_fmt(out, "error kind=%s", lc_words_error.word[e->kind]);
        lc_log_put_number(out, "count", e->count);
        lc_log_put_address(out, "address", e->address);
        lc_log_put_number(out, "size", e->size);
        lc_log_put_site(out, &e->site);
        lc_log_put_string(out, "origin-function", e->origin.function);
        lc_log_put_address(out, "origin-at", e->origin.address);
        lc_log_put_id(out, "origin-stack", e->origin.stack);
        end_line(out);
    }
}

static void write_regions(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->region_count; i++) {
        const struct lc_region *r = &f->regions[i];
        const struct lc_vm_region *vm = &r->vm;
        lc_out_str(out, "region");
        lc_log_put_address(out, "start", vm->range.start);
        lc_log_put_address(out, "end", vm->range.end);
        lc_out_fmt(out, " perm=%s kind=%s", vm->permissions, lc_words_region.word[vm->kind]);
        lc_log_put_address(out, "offset", vm->offset);
        lc_log_put_string(out, "name", vm->name);
        lc_log_put_string(out, "purpose", r->purpose);
        if (vm->has_residency) {
            lc_log_put_number(out, "rss", vm->resident);
            lc_log_put_number(out, "pss", vm->proportional);
            lc_log_put_number(out, "dirty", vm->dirty);
            lc_log_put_number(out, "swap", vm->swapped);
            lc_log_put_number(out, "locked", vm->locked);
            lc_log_put_number(out, "huge", vm->huge);
            lc_log_put_number(out, "lazy", vm->lazy);
            lc_log_put_number(out, "zero", vm->zero);
            lc_log_put_number(out, "guard", vm->guard);
            lc_log_put_number(out, "untouched", lc_vm_region_untouched(vm));
        }
        if (r->leaked)
            lc_log_put_number(out, "leaked", r->leaked);
        if (*r->site.function)
            lc_log_put_site(out, &r->site);
        end_line(out);
    }
}

static void write_arenas(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->arena_count; i++) {
        const struct lc_arena *a = &f->arenas[i];
        lc_out_str(out, "arena");
        lc_log_put_string(out, "name", a->name);
        lc_log_put_address(out, "address", a->address);
        lc_log_put_number(out, "size", a->size);
        lc_log_put_number(out, "rss", a->resident);
        lc_log_put_number(out, "swap", a->swapped);
        lc_log_put_number(out, "top", a->top);
        lc_log_put_number(out, "blocks", a->blocks);
        lc_log_put_number(out, "bytes", a->bytes);
        lc_log_put_number(out, "bytes-rss", a->bytes_resident);
        lc_log_put_number(out, "overhead-rss", a->overhead_resident);
        end_line(out);
    }
}

static void write_sizes(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->size_count; i++) {
        lc_out_str(out, "size");
        lc_log_put_number(out, "text", f->sizes[i].text);
        lc_log_put_number(out, "data", f->sizes[i].data);
        lc_log_put_number(out, "bss", f->sizes[i].bss);
        lc_log_put_string(out, "path", f->sizes[i].path);
        end_line(out);
    }
}

static void write_facts(struct lc_out *out, const struct lc_findings *f)
{
    for (size_t i = 0; i < f->fact_count; i++) {
        const struct lc_vm_fact *fact = &f->facts[i];
        lc_out_fmt(out, "fact group=%s", lc_words_fact.word[fact->group]);
        lc_log_put_string(out, "name", fact->name);
        lc_log_put_number(out, fact->error ? "error" : "value", fact->error ? (uint64_t)fact->error : fact->value);
        end_line(out);
    }
}

static void write_heap(struct lc_out *out, const struct lc_heap_totals *h)
{
    lc_out_str(out, "heap");
    lc_log_put_number(out, "allocations", h->allocations);
    lc_log_put_number(out, "frees", h->frees);
    lc_log_put_number(out, "bytes", h->bytes);
    lc_log_put_number(out, "live-blocks", h->live_blocks);
    lc_log_put_number(out, "live-bytes", h->live_bytes);
    lc_log_put_number(out, "peak-bytes", h->peak_bytes);
    end_line(out);
}

/* Without /proc, `own` is all that is known. */
static void write_memory(struct lc_out *out, const struct lc_vm_status *m, uint64_t own)
{
    lc_out_str(out, "memory");
    if (m->is_known) {
        lc_log_put_number(out, "peak", m->vm_peak);
        lc_log_put_number(out, "size", m->vm_size);
        lc_log_put_number(out, "hwm", m->vm_hwm);
        lc_log_put_number(out, "rss", m->vm_rss);
        lc_log_put_number(out, "rss-anon", m->rss_anon);
        lc_log_put_number(out, "rss-file", m->rss_file);
        lc_log_put_number(out, "rss-shmem", m->rss_shmem);
        lc_log_put_number(out, "data", m->vm_data);
        lc_log_put_number(out, "stack", m->vm_stk);
        lc_log_put_number(out, "exe", m->vm_exe);
        lc_log_put_number(out, "lib", m->vm_lib);
        lc_log_put_number(out, "pte", m->vm_pte);
        lc_log_put_number(out, "swap", m->vm_swap);
        lc_log_put_number(out, "locked", m->vm_lck);
    }
    lc_log_put_number(out, "own", own);
    end_line(out);
}

static void write_coverage(struct lc_out *out, const struct lc_coverage *c)
{
    lc_out_str(out, "coverage");
    lc_log_put_number(out, "dropped", c->dropped);
    lc_log_put_number(out, "unknown-frees", c->unknown_frees);
    lc_log_put_number(out, "early-blocks", c->early_blocks);
    lc_log_put_number(out, "truncated-stacks", c->truncated_stacks);
    lc_log_put_number(out, "unstopped-threads", c->unstopped_threads);
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
    lc_log_write_crash(out, &f->crash);
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
