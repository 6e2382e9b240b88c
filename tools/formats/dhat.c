/* DHAT's JSON, version 2, for valgrind's dh_view.html and the Firefox Profiler: a program point a stack. Only what was there
 * at the end is known, so the most and the total are the same; how long blocks lived is not known, and 0. */
#include "formats/ids.h"
#include "formats/json_text.h"
#include "formats/profile.h"
#include "formats/stack.h"
#include "mem.h"

#include <stdlib.h>

#define COMMAND_SIZE 4096

struct point {
    uint64_t bytes, blocks;
    size_t *frames; /* into the table */
    size_t count;
};

struct writer {
    const struct lc_report *r;
    struct lc_ids frames, stacks; /* frame 0 is "[root]" */
    json_t *table;
    struct point *points;
    size_t point_count;
};

static size_t frame_of(struct writer *w, const struct lc_call *c)
{
    char text[LC_STACK_PLACE_SIZE];
    bool is_new;
    size_t id = lc_ids_of_text(&w->frames, lc_stack_place(text, c), &is_new);
    if (is_new)
        json_array_append_new(w->table, lc_json_text(text));
    return id;
}

/* A stack must not come twice: leaks of several kinds are one point. */
static void add_leak(struct writer *w, const struct lc_leak *l)
{
    struct lc_stack s = lc_stack_of(w->r, &l->site);
    size_t *frames = lc_mem_alloc(s.count, sizeof *frames);
    bool is_new;
    for (size_t i = 0; i < s.count; i++)
        frames[i] = frame_of(w, &s.at[i]);
    size_t id = lc_ids_of(&w->stacks, frames, s.count * sizeof *frames, &is_new);
    if (is_new) {
        w->points = lc_mem_grow(w->points, w->point_count, sizeof *w->points);
        w->points[w->point_count++] = (struct point){.frames = frames, .count = s.count};
    } else {
        free(frames);
    }
    w->points[id - 1].bytes += l->bytes;
    w->points[id - 1].blocks += l->blocks;
}

static json_t *json_point(const struct point *p)
{
    json_int_t bytes = (json_int_t)p->bytes, blocks = (json_int_t)p->blocks;
    json_t *frames = json_array();
    for (size_t i = 0; i < p->count; i++)
        json_array_append_new(frames, json_integer((json_int_t)p->frames[i]));
    return json_pack("{sIsIsIsIsIsIsIsIsIso}", "tb", bytes, "tbk", blocks, "tl", (json_int_t)0, "mb", bytes, "mbk", blocks, "gb",
                     bytes, "gbk", blocks, "eb", bytes, "ebk", blocks, "fs", frames);
}

static void put_header(const struct lc_report *r)
{
    char command[COMMAND_SIZE];
    const struct lc_process *p = &r->findings->process;
    unsigned long duration = p->duration_ms ? p->duration_ms : 1; /* it is divided by */
    json_t *cmd = lc_json_text(lc_profile_command(r, command, sizeof command));
    lc_out_fmt(r->out,
               "{\"dhatFileVersion\": 2, \"mode\": \"heap\", \"verb\": \"Leaked\", \"bklt\": true, \"bkacc\": false,\n"
               "\"tu\": \"ms\", \"Mtu\": \"s\", \"tuth\": 0, \"pid\": %d, \"te\": %lu, \"tg\": %lu,\n\"cmd\": ",
               p->pid, duration, duration);
    lc_json_put(r->out, cmd);
}

static bool print(const struct lc_report *r)
{
    struct writer w = {.r = r, .table = json_pack("[s]", "[root]")};
    size_t index = 0;
    for (const struct lc_leak *l; (l = lc_profile_next(r, lc_profile_kinds(r), &index));)
        add_leak(&w, l);
    put_header(r);
    struct lc_json_list points = lc_json_list_begin(r->out, "pps");
    for (size_t i = 0; i < w.point_count; i++) {
        lc_json_list_put(&points, json_point(&w.points[i]));
        free(w.points[i].frames);
    }
    lc_json_list_end(&points);
    lc_out_str(r->out, ",\n\"ftbl\": ");
    lc_json_put(r->out, w.table);
    lc_out_str(r->out, "\n}\n");
    lc_ids_free(&w.frames);
    lc_ids_free(&w.stacks);
    free(w.points);
    return true;
}

const struct lc_formatter lc_formatter_dhat = {.print = print};
