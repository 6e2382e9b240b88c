#include "vm/snapshot.h"

#include "base/arena.h"
#include "vm/maps.h"
#include "vm/proc.h"

#include <errno.h>
#include <string.h>

#define TEXT_PIECE ((size_t)64 << 10)
#define REGIONS_SPARE 256 /* what may be mapped between measuring and reading */

struct room {
    size_t regions;
    size_t names; /* bytes */
};

/* The mapping of a snapshot: this, then the regions, then the names. */
struct work {
    struct lc_vm_snapshot *out;
    struct room room;
    char *names;
    size_t names_len;
    bool is_full; /* something did not fit */
    struct lc_maps parser;
    char text[TEXT_PIECE];
};

static void measure_piece(void *arg, const char *text, size_t len)
{
    struct room *room = arg;
    for (size_t i = 0; i < len; i++)
        room->regions += text[i] == '\n';
    room->names += len;
}

static int measure(pid_t pid, struct room *room)
{
    char text[1024];
    *room = (struct room){REGIONS_SPARE, REGIONS_SPARE * 64};
    return lc_proc_read(pid, "maps", text, sizeof text, measure_piece, room);
}

static struct work *work_map(struct room room, struct lc_vm_snapshot *out)
{
    size_t regions_size = room.regions * sizeof *out->regions;
    size_t size = sizeof(struct work) + regions_size + room.names;
    struct work *w = lc_pages_map_now(size, "memory map");
    if (!w)
        return NULL;
    w->out = out;
    w->room = room;
    out->regions = (struct lc_vm_region *)(w + 1);
    w->names = (char *)out->regions + regions_size;
    out->memory = (struct lc_range){(uintptr_t)w, (uintptr_t)w + size};
    return w;
}

/* The parts of one file have one name. */
static const char *keep_name(struct work *w, const char *name)
{
    if (!*name)
        return "";
    if (w->out->count && strcmp(w->out->regions[w->out->count - 1].name, name) == 0)
        return w->out->regions[w->out->count - 1].name;
    size_t size = strlen(name) + 1;
    if (size > w->room.names - w->names_len)
        return NULL;
    char *kept = memcpy(w->names + w->names_len, name, size);
    w->names_len += size;
    return kept;
}

/* A region that grew or was merged between two reads comes again, with its new range. */
static void drop_overlap(struct lc_vm_snapshot *s, uintptr_t start)
{
    while (s->count && s->regions[s->count - 1].range.start >= start)
        s->count--;
    if (s->count && s->regions[s->count - 1].range.end > start)
        s->regions[s->count - 1].range.end = start;
}

static void add_region(void *arg, const struct lc_vm_region *region)
{
    struct work *w = arg;
    struct lc_vm_snapshot *s = w->out;
    drop_overlap(s, region->range.start);
    const char *name = keep_name(w, region->name);
    if (!name || s->count == w->room.regions) {
        w->is_full = true;
        return;
    }
    s->regions[s->count] = *region;
    s->regions[s->count].name = name;
    s->has_residency = s->has_residency && region->has_residency;
    s->count++;
}

static void feed(void *arg, const char *text, size_t len)
{
    lc_maps_feed(arg, text, len);
}

static int fill(struct work *w, pid_t pid, const char *file)
{
    w->out->count = 0;
    w->out->has_residency = true;
    w->names_len = 0;
    w->is_full = false;
    lc_maps_init(&w->parser, add_region, w);
    int rc = lc_proc_read(pid, file, w->text, sizeof w->text, feed, &w->parser);
    lc_maps_finish(&w->parser);
    if (rc == 0 && w->is_full)
        return -ENOSPC;
    return rc;
}

static int read_into(struct room room, pid_t pid, const char *file, struct lc_vm_snapshot *out)
{
    struct work *w = work_map(room, out);
    if (!w)
        return -ENOMEM;
    int rc = fill(w, pid, file);
    if (rc < 0 && rc != -ENOSPC && strcmp(file, "maps") != 0)
        rc = fill(w, pid, "maps");
    if (rc < 0)
        lc_vm_snapshot_release(out);
    return rc;
}

static int read_file(pid_t pid, const char *file, struct lc_vm_snapshot *out)
{
    struct room room;
    *out = (struct lc_vm_snapshot){0};
    int rc = measure(pid, &room);
    if (rc == 0)
        rc = read_into(room, pid, file, out);
    while (rc == -ENOSPC) { /* other threads map faster than expected */
        room.regions *= 2;
        room.names *= 2;
        rc = read_into(room, pid, file, out);
    }
    return rc;
}

int lc_vm_snapshot_read(pid_t pid, struct lc_vm_snapshot *out)
{
    return read_file(pid, "smaps", out);
}

int lc_vm_snapshot_read_ranges(pid_t pid, struct lc_vm_snapshot *out)
{
    return read_file(pid, "maps", out);
}

void lc_vm_snapshot_release(struct lc_vm_snapshot *s)
{
    if (!lc_range_is_empty(s->memory))
        lc_pages_unmap((void *)s->memory.start, lc_range_size(s->memory));
    *s = (struct lc_vm_snapshot){0};
}
