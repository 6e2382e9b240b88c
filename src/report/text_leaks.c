/* Leaks and their sums, as valgrind prints them. */
#include "base/sort.h"
#include "report/escape.h"
#include "report/text.h"

#include <string.h>

static const char *const verbs[] = {
    [LC_LEAK_UNFREED] = "not freed",
    [LC_LEAK_DEFINITE] = "definitely lost",
    [LC_LEAK_INDIRECT] = "indirectly lost",
    [LC_LEAK_POSSIBLE] = "possibly lost",
    [LC_LEAK_TAGGED] = "possibly lost (tagged pointer)",
    [LC_LEAK_REACHABLE] = "still reachable",
    [LC_LEAK_MAPPING] = "definitely lost",
    [LC_LEAK_SUPPRESSED] = "suppressed",
};
static_assert(LC_ARRAY_LEN(verbs) == LC_LEAK_KIND_COUNT, "a word for every kind of leak");

/* Valgrind's order of kinds: the more lost, the later. */
static const unsigned char badness[] = {
    [LC_LEAK_UNFREED] = 4, [LC_LEAK_DEFINITE] = 6, [LC_LEAK_INDIRECT] = 5, [LC_LEAK_POSSIBLE] = 3,
    [LC_LEAK_TAGGED] = 2,  [LC_LEAK_REACHABLE] = 1, [LC_LEAK_MAPPING] = 7, [LC_LEAK_SUPPRESSED] = 0,
};

struct sums {
    uint64_t bytes[LC_LEAK_KIND_COUNT], blocks[LC_LEAK_KIND_COUNT];
    size_t unscanned; /* leaks of which only that is known */
};

static bool is_own(const struct lc_leak *l)
{
    return l->judgement && l->judgement->has_owner && l->judgement->is_own;
}

/* Ascending, so that the biggest stands last, next to the prompt, and what is one's own after what is not; the rest
 * makes the order total. */
static int compare_leaks(const void *va, const void *vb)
{
    const struct lc_leak *a = va, *b = vb;
    const uint64_t x[] = {is_own(a), a->bytes + a->hanging_bytes, badness[a->kind], a->blocks, a->site.stack, a->site.address};
    const uint64_t y[] = {is_own(b), b->bytes + b->hanging_bytes, badness[b->kind], b->blocks, b->site.stack, b->site.address};
    for (size_t i = 0; i < LC_ARRAY_LEN(x); i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

void lc_text_seen_in(struct lc_out *out, const char *prefix, const char *where)
{
    if (!where)
        return;
    lc_out_fmt(out, "%s   ", prefix);
    lc_escape_text(out, where);
    lc_out_char(out, '\n');
}

void lc_text_record(struct lc_out *out, const struct lc_leak *l, size_t number, size_t count)
{
    unsigned long direct = l->bytes, indirect = l->hanging_bytes;
    lc_out_fmt(out, "%'lu ", direct + indirect);
    if (indirect)
        lc_out_fmt(out, "(%'lu direct, %'lu indirect) ", direct, indirect);
    lc_out_fmt(out, "bytes in %'lu %s are %s in loss record %'zu of %'zu", (unsigned long)l->blocks,
               l->kind == LC_LEAK_MAPPING ? "mappings" : "blocks", verbs[l->kind], number, count);
}

static void put_hanging(struct lc_out *out, const char *prefix, const struct lc_findings *f, uint32_t leak,
                        struct lc_namer *namer, const struct lc_text_style *style)
{
    char inner[64];
    lc_format(inner, sizeof inner, "%s  ", prefix);
    for (size_t i = 0; i < f->hanging_count; i++) {
        const struct lc_hanging_leak *h = &f->hanging[i];
        if (h->leak != leak)
            continue;
        lc_text_line(out, prefix, " +-> %'lu bytes in %'lu blocks hang from it", (unsigned long)h->bytes,
                     (unsigned long)h->blocks);
        lc_text_stack(out, inner, f, &h->site, namer, style);
    }
}

static void put_leak(struct lc_out *out, const char *prefix, const struct lc_findings *f, const struct lc_leak *l,
                     struct lc_namer *namer, const struct lc_text_style *style)
{
    lc_text_stack(out, prefix, f, &l->site, namer, style);
    lc_text_judgement(out, prefix, l->judgement);
    lc_text_footprint(out, prefix, l);
    lc_text_class(out, prefix, f, l, namer);
    lc_text_path(out, prefix, f, l->id, namer);
    if (l->cycles)
        lc_text_line(out, prefix, " %'lu of these blocks %s on a cycle: what hangs from %s leads back", (unsigned long)l->cycles,
                     l->cycles == 1 ? "lies" : "lie", l->cycles == 1 ? "it" : "them");
    lc_text_seen_in(out, prefix, l->seen_in);
    put_hanging(out, prefix, f, l->id, namer, style);
    lc_text_line(out, prefix, "%s", "");
}

void lc_text_judgement(struct lc_out *out, const char *prefix, const struct lc_judgement *j)
{
    static const char *const news[LC_NOVELTY_COUNT] = {"", "known: ", "grown: ", "new: "};
    if (!j)
        return;
    lc_out_fmt(out, "%s %s", prefix, news[j->novelty]);
    lc_escape_text(out, j->sentence);
    lc_out_char(out, '\n');
    if (j->excerpt)
        lc_text_lines(out, prefix, "   ", j->excerpt);
    lc_out_fmt(out, "%s fingerprint %s", prefix, j->fingerprint);
    if (j->command) {
        lc_out_str(out, "; more: ");
        lc_escape_text(out, j->command);
    }
    lc_out_char(out, '\n');
}

bool lc_text_is_shown(const struct lc_leak *l, const struct lc_text_style *style)
{
    return lc_leak_kind_bits(l->kind) & ~style->hidden_kinds && (style->verbose || !lc_judgement_is_known(l->judgement));
}

/* Sorted: whether there are shown ones of both. */
static bool has_both(const struct lc_findings *f, const struct lc_text_style *style)
{
    const struct lc_leak *first = NULL, *last = NULL;
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        if (!lc_text_is_shown(l, style))
            continue;
        first = first ? first : l;
        last = l;
    }
    return first && is_own(first) != is_own(last);
}

/* A heading where foreign ones begin, and where own ones do. */
static void put_heading(struct lc_out *out, const char *prefix, const struct lc_leak *l, const struct lc_leak *last)
{
    if (last && is_own(last) == is_own(l))
        return;
    lc_text_line(out, prefix, is_own(l) ? "Through own sources:" : "Not through own sources:");
    lc_text_line(out, prefix, "%s", "");
}

/* As they are, to be copied. */
static void put_suppression(struct lc_out *out, const struct lc_judgement *j)
{
    if (j && j->suppression)
        lc_text_lines(out, "", "", j->suppression);
}

void lc_text_sort(struct lc_findings *f)
{
    lc_sort(f->leaks, f->leak_count, sizeof *f->leaks, compare_leaks);
}

void lc_text_leaks(struct lc_out *out, const char *prefix, struct lc_findings *f, struct lc_namer *namer,
                   const struct lc_text_style *style)
{
    const struct lc_leak *last = NULL;
    lc_text_sort(f);
    bool has_headings = has_both(f, style);
    for (size_t i = 0; i < f->leak_count; i++) {
        if (!lc_text_is_shown(&f->leaks[i], style))
            continue;
        if (has_headings)
            put_heading(out, prefix, &f->leaks[i], last);
        last = &f->leaks[i];
        lc_out_str(out, prefix);
        lc_text_record(out, &f->leaks[i], i + 1, f->leak_count);
        lc_out_char(out, '\n');
        put_leak(out, prefix, f, &f->leaks[i], namer, style);
        put_suppression(out, f->leaks[i].judgement);
    }
}

static struct sums add_up(const struct lc_findings *f)
{
    struct sums s = {0};
    for (size_t i = 0; i < f->leak_count; i++) {
        s.bytes[f->leaks[i].kind] += f->leaks[i].bytes;
        s.blocks[f->leaks[i].kind] += f->leaks[i].blocks;
        s.unscanned += f->leaks[i].kind == LC_LEAK_UNFREED;
    }
    return s;
}

static void put_sum(struct lc_out *out, const char *prefix, const char *label, uint64_t bytes, uint64_t blocks)
{
    lc_text_line(out, prefix, "%s: %'lu bytes in %'lu blocks", label, (unsigned long)bytes, (unsigned long)blocks);
}

static void put_heuristics(struct lc_out *out, const char *prefix, const struct lc_findings *f)
{
    bool is_first = true;
    for (unsigned i = 0; i < LC_HEURISTIC_COUNT; i++) {
        const struct lc_heuristic_totals *h = &f->heuristics[i];
        if (!h->blocks)
            continue;
        if (is_first)
            lc_text_line(out, prefix, "                      of which reachable via heuristic:");
        is_first = false;
        lc_text_line(out, prefix, "                        %-19s: %'lu bytes in %'lu blocks", lc_heuristic_words[i],
                     (unsigned long)h->bytes, (unsigned long)h->blocks);
    }
}

static void put_advice(struct lc_out *out, const char *prefix, const struct sums *s, const struct lc_text_style *style)
{
    if (style->leak_check == LC_CHECK_SUMMARY) {
        lc_text_line(out, prefix, "Rerun with --leak-check=full to see details of leaked memory");
    } else if (s->blocks[LC_LEAK_REACHABLE] && style->hidden_kinds & LC_KIND_REACHABLE) {
        lc_text_line(out, prefix, "Reachable blocks (those to which a pointer was found) are not shown.");
        lc_text_line(out, prefix, "To see them, rerun with: --leak-check=full --show-leak-kinds=all");
    }
}

void lc_text_leak_summary(struct lc_out *out, const char *prefix, const struct lc_findings *f,
                          const struct lc_text_style *style)
{
    struct sums s = add_up(f);
    lc_text_line(out, prefix, "LEAK SUMMARY:");
    if (s.unscanned)
        put_sum(out, prefix, "    not freed", s.bytes[LC_LEAK_UNFREED], s.blocks[LC_LEAK_UNFREED]);
    if (!s.unscanned || s.unscanned < f->leak_count) {
        put_sum(out, prefix, "   definitely lost", s.bytes[LC_LEAK_DEFINITE], s.blocks[LC_LEAK_DEFINITE]);
        put_sum(out, prefix, "   indirectly lost", s.bytes[LC_LEAK_INDIRECT], s.blocks[LC_LEAK_INDIRECT]);
        put_sum(out, prefix, "     possibly lost", s.bytes[LC_LEAK_POSSIBLE] + s.bytes[LC_LEAK_TAGGED],
                s.blocks[LC_LEAK_POSSIBLE] + s.blocks[LC_LEAK_TAGGED]);
        put_sum(out, prefix, "   still reachable", s.bytes[LC_LEAK_REACHABLE], s.blocks[LC_LEAK_REACHABLE]);
        put_heuristics(out, prefix, f);
        put_sum(out, prefix, "        suppressed", s.bytes[LC_LEAK_SUPPRESSED], s.blocks[LC_LEAK_SUPPRESSED]);
    }
    if (s.blocks[LC_LEAK_MAPPING])
        lc_text_line(out, prefix, "     lost mappings: %'lu bytes in %'lu mappings", (unsigned long)s.bytes[LC_LEAK_MAPPING],
                     (unsigned long)s.blocks[LC_LEAK_MAPPING]);
    put_advice(out, prefix, &s, style);
    lc_text_line(out, prefix, "%s", "");
}
