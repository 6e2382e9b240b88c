/* Anonymous memory by who mapped it, for people: the lines below its part of the account. */
#include "report/escape.h"
#include "report/text.h"

#define PLACES_MAX 64 /* told apart; what more there are count as others */
#define SHOWN_MAX 5

struct place {
    const struct lc_site *site; /* of the first region; NULL: all others */
    uint64_t resident;
    uint64_t regions;
};

struct places {
    struct place at[PLACES_MAX];
    size_t count;
    struct place others;
};

static void add(struct place *p, const struct lc_region *r)
{
    p->resident += r->vm.resident;
    p->regions++;
}

static struct place *place_of(struct places *all, const struct lc_site *site)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].site->stack == site->stack && all->at[i].site->address == site->address)
            return &all->at[i];
    if (all->count == PLACES_MAX)
        return &all->others;
    all->at[all->count] = (struct place){.site = site};
    return &all->at[all->count++];
}

static void put_place(struct lc_out *out, const char *prefix, const struct lc_findings *f, const struct place *p, struct lc_namer *namer)
{
    char size[16];
    lc_out_fmt(out, "%s            %8s  mapped by ", prefix, lc_format_size(size, p->resident));
    if (p->site->stack == LC_NONE)
        lc_escape_text(out, p->site->function);
    else
        lc_text_frame(out, f, p->site->stack, namer, true);
    if (p->regions > 1)
        lc_out_fmt(out, ", %'lu regions", (unsigned long)p->regions);
    lc_out_char(out, '\n');
}

/* Takes the largest away; NULL when none has anything in RAM. */
static const struct place *next_largest(struct places *all, struct place *taken)
{
    struct place *largest = NULL;
    for (size_t i = 0; i < all->count; i++)
        if (all->at[i].resident && (!largest || all->at[i].resident > largest->resident))
            largest = &all->at[i];
    if (!largest)
        return NULL;
    *taken = *largest;
    largest->resident = 0;
    return taken;
}

static void put_rest(struct lc_out *out, const char *prefix, const struct places *all, uint64_t unseen)
{
    char size[16];
    uint64_t rest = all->others.resident;
    for (size_t i = 0; i < all->count; i++)
        rest += all->at[i].resident;
    if (rest)
        lc_text_line(out, prefix, "            %8s  mapped elsewhere", lc_format_size(size, rest));
    if (unseen)
        lc_text_line(out, prefix, "            %8s  nobody was seen to map", lc_format_size(size, unseen));
}

void lc_text_mappers(struct lc_out *out, const char *prefix, const struct lc_findings *f, struct lc_namer *namer)
{
    static struct places all;
    struct place taken;
    uint64_t unseen = 0;
    all = (struct places){0};
    for (size_t i = 0; i < f->region_count; i++) {
        const struct lc_region *r = &f->regions[i];
        if (r->vm.kind != LC_REGION_ANONYMOUS)
            continue;
        if (*r->site.function)
            add(place_of(&all, &r->site), r);
        else
            unseen += r->vm.resident;
    }
    if (!all.count) /* nothing that the part does not say */
        return;
    for (unsigned shown = 0; shown < SHOWN_MAX && next_largest(&all, &taken); shown++)
        put_place(out, prefix, f, &taken, namer);
    put_rest(out, prefix, &all, unseen);
}
