#include "spots.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define LOOKS_LEAST 4
#define HOUR_MS 3600000.0

struct look {
    struct lc_spots *places;
    unsigned kinds;
};

static struct lc_spot *place_of(struct lc_spots *p, const struct lc_judgement *j)
{
    struct lc_spot *place;
    HASH_FIND_STR(p->table, j->place, place);
    if (place)
        return place;
    place = lc_mem_alloc(1, sizeof *place);
    memcpy(place->fingerprint, j->place, sizeof place->fingerprint);
    place->where = lc_mem_format("%s", j->where);
    HASH_ADD_STR(p->table, fingerprint, place);
    return place;
}

/* The first stays. */
static void give_up_every_other(struct lc_spots *p)
{
    size_t kept = p->count / 2;
    for (size_t i = 0; i < kept; i++)
        p->epochs[i] = p->epochs[2 * i];
    for (struct lc_spot *place = p->table; place; place = place->hh.next)
        for (size_t i = 0; i < LC_EPOCHS; i++) {
            place->bytes[i] = i < kept ? place->bytes[2 * i] : 0;
            place->blocks[i] = i < kept ? place->blocks[2 * i] : 0;
            place->lost[i] = i < kept ? place->lost[2 * i] : 0;
        }
    p->count = kept;
}

static void take(void *context, const struct lc_findings *f)
{
    const struct look *l = context;
    struct lc_spots *p = l->places;
    const size_t now = p->count++;
    p->epochs[now] = (struct lc_epoch){f->moment.number ? f->moment.unix_ms : f->process.start_unix_ms + f->process.duration_ms,
                                       f->heap.live_bytes, f->heap.live_blocks, f->memory.vm_rss, f->moment.pause_us,
                                       f->heap.allocations};
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *leak = &f->leaks[i];
        struct lc_spot *place = place_of(p, leak->judgement);
        place->bytes[now] += leak->bytes;
        place->blocks[now] += leak->blocks;
        if (lc_leak_kind_bits(leak->kind) & l->kinds)
            place->lost[now] += leak->bytes;
    }
}

bool lc_spots_add(struct lc_spots *p, struct lc_logs *logs, const struct lc_report_settings *settings)
{
    if (p->count == LC_EPOCHS)
        give_up_every_other(p);
    return lc_report_look(settings, logs, take, &(struct look){p, settings->options.errors_for_leak_kinds});
}

void lc_spots_free(struct lc_spots *p)
{
    struct lc_spot *place, *next;
    HASH_ITER(hh, p->table, place, next)
    {
        HASH_DEL(p->table, place);
        free(place->where);
        free(place);
    }
    *p = (struct lc_spots){0};
}

int64_t lc_spot_growth(const struct lc_spots *p, const struct lc_spot *place, size_t since)
{
    return p->count ? (int64_t)(place->bytes[p->count - 1] - place->bytes[since]) : 0;
}

size_t lc_spot_grew(const struct lc_spots *p, const struct lc_spot *place)
{
    size_t intervals = 0;
    while (intervals + 1 < p->count && place->bytes[p->count - 1 - intervals] > place->bytes[p->count - 2 - intervals])
        intervals++;
    return intervals;
}

double lc_spot_slope(const struct lc_spots *p, const struct lc_spot *place)
{
    double n = (double)p->count, t = 0, b = 0, tt = 0, tb = 0;
    for (size_t i = 0; i < p->count; i++) {
        double hours = (double)(p->epochs[i].unix_ms - p->epochs[0].unix_ms) / HOUR_MS, bytes = (double)place->bytes[i];
        t += hours, b += bytes, tt += hours * hours, tb += hours * bytes;
    }
    double spread = n * tt - t * t;
    return spread > 0 ? (n * tb - t * b) / spread : 0;
}

size_t lc_spot_first(const struct lc_spots *p, const struct lc_spot *place)
{
    size_t first = 0;
    while (first + 1 < p->count && !place->blocks[first])
        first++;
    return first;
}

bool lc_spot_only_grows(const struct lc_spots *p, const struct lc_spot *place)
{
    size_t grew = 0, stood = 0;
    if (p->count < LOOKS_LEAST)
        return false;
    for (size_t i = p->count / 2; i < p->count; i++) {
        if (place->bytes[i] < place->bytes[i - 1])
            return false;
        *(place->bytes[i] > place->bytes[i - 1] ? &grew : &stood) += 1;
    }
    return grew && grew >= stood;
}

static const struct lc_spots *sorted;
static size_t sorted_since;

static int compare(struct lc_spot *a, struct lc_spot *b)
{
    bool a_grows = lc_spot_only_grows(sorted, a), b_grows = lc_spot_only_grows(sorted, b);
    int64_t a_growth = lc_spot_growth(sorted, a, sorted_since), b_growth = lc_spot_growth(sorted, b, sorted_since);
    if (a_grows != b_grows)
        return a_grows ? -1 : 1;
    return a_growth != b_growth ? (a_growth > b_growth ? -1 : 1) : strcmp(a->fingerprint, b->fingerprint);
}

void lc_spots_sort(struct lc_spots *p, size_t since)
{
    sorted = p;
    sorted_since = since;
    HASH_SORT(p->table, compare);
}
