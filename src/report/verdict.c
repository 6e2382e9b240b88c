#include "report/verdict.h"

#define SIGNAL_STATUS 128 /* what a shell adds to the number of a signal */

static bool is_new(const struct lc_judgement *j)
{
    return !j || j->novelty != LC_NOVELTY_KNOWN;
}

static bool is_own(const struct lc_judgement *j)
{
    return !j || !j->has_owner || j->is_own;
}

bool lc_verdict_may_fail(const struct lc_judgement *j, const struct lc_options *o)
{
    switch ((enum lc_fail_on)o->fail_on) {
    case LC_FAIL_AUTO:
    case LC_FAIL_NEW:
        return is_new(j);
    case LC_FAIL_OWN:
        return is_own(j) && is_new(j);
    case LC_FAIL_ANY:
        return true;
    case LC_FAIL_NONE:
        break;
    }
    return false;
}

static void count_judgement(struct lc_verdict *v, const struct lc_judgement *j)
{
    if (!j)
        return;
    v->has_owners |= j->has_owner;
    v->has_baseline |= j->novelty != LC_NOVELTY_UNASKED;
    v->own += j->has_owner && j->is_own;
    v->foreign += j->has_owner && !j->is_own;
    v->fresh += j->novelty == LC_NOVELTY_NEW;
    v->grown += j->novelty == LC_NOVELTY_GROWN;
    v->known += j->novelty == LC_NOVELTY_KNOWN;
}

static void count_leak(struct lc_verdict *v, const struct lc_leak *l)
{
    v->leaks++;
    switch (l->kind) {
    case LC_LEAK_DEFINITE:
        v->definite_bytes += l->bytes;
        break;
    case LC_LEAK_POSSIBLE:
    case LC_LEAK_TAGGED:
        v->possible_bytes += l->bytes;
        break;
    case LC_LEAK_MAPPING:
        v->mapped_bytes += l->bytes;
        break;
    default:
        v->other_bytes += l->bytes;
        break;
    }
    count_judgement(v, l->judgement);
}

struct lc_verdict lc_verdict_of(const struct lc_findings *f, const struct lc_options *o)
{
    struct lc_verdict v = {.is_blind = lc_findings_are_blind(f), .crashes = f->crash_count, .exit_status = -1};
    uint64_t failing_bytes = 0, failing_leaks = 0;
    unsigned kinds = o->leak_check == LC_CHECK_NO ? 0 : o->errors_for_leak_kinds;
    for (size_t i = 0; i < f->leak_count; i++) {
        const struct lc_leak *l = &f->leaks[i];
        v.suppressed += l->kind == LC_LEAK_SUPPRESSED;
        if (!(lc_leak_kind_bits(l->kind) & kinds))
            continue;
        count_leak(&v, l);
        if (!lc_verdict_may_fail(l->judgement, o))
            continue;
        failing_leaks++;
        failing_bytes += l->bytes;
    }
    v.fails = failing_leaks && (failing_bytes > o->max_bytes || !o->max_bytes);
    for (size_t i = 0; i < f->error_count; i++) {
        v.errors++;
        count_judgement(&v, f->errors[i].judgement);
        v.fails |= lc_verdict_may_fail(f->errors[i].judgement, o);
    }
    return v;
}

int lc_verdict_status(bool fails, int status, const struct lc_process *p, const struct lc_options *o)
{
    bool is_its_business = o->main_pid == 0 || p->is_main;
    return fails && (status & 0xff) == 0 && o->error_exitcode && is_its_business ? (int)o->error_exitcode : status;
}

int lc_verdict_exit_status(const struct lc_verdict *v, const struct lc_process *p, const struct lc_options *o)
{
    if (p->end_kind == LC_END_SIGNAL)
        return SIGNAL_STATUS + p->end_value;
    bool is_over = p->end_kind != LC_END_RUNNING && p->end_kind != LC_END_EXEC;
    int status = lc_verdict_status(v->fails && p->end_kind != LC_END_EXEC, p->end_value, p, o);
    return !is_over && status == p->end_value ? -1 : status;
}

static void put_count(struct lc_out *out, const char **separator, uint64_t count, const char *what)
{
    if (!count)
        return;
    lc_out_fmt(out, "%s%'lu %s", *separator, (unsigned long)count, what);
    *separator = ", ";
}

static void put_leaks(struct lc_out *out, const struct lc_verdict *v)
{
    const char *separator = ", ";
    lc_out_fmt(out, "%'lu %s", (unsigned long)v->leaks, v->leaks == 1 ? "leak" : "leaks");
    put_count(out, &separator, v->definite_bytes, "bytes definitely lost");
    put_count(out, &separator, v->mapped_bytes, "bytes of mappings lost");
    put_count(out, &separator, v->possible_bytes, "bytes possibly lost");
    put_count(out, &separator, v->other_bytes, "bytes not freed");
}

void lc_verdict_put(struct lc_out *out, const struct lc_verdict *v)
{
    const char *separator = "; ";
    if (v->leaks)
        put_leaks(out, v);
    else
        lc_out_str(out, v->is_blind ? "not known whether there are leaks" : "no leaks");
    put_count(out, &separator, v->errors, v->errors == 1 ? "error" : "errors");
    put_count(out, &separator, v->crashes, v->crashes == 1 ? "crash" : "crashes");
    if (v->has_owners && v->own + v->foreign)
        lc_out_fmt(out, "; %'lu own, %'lu foreign", (unsigned long)v->own, (unsigned long)v->foreign);
    if (v->has_baseline)
        lc_out_fmt(out, "; %'lu new", (unsigned long)v->fresh);
    separator = v->has_baseline ? ", " : "; ";
    put_count(out, &separator, v->grown, "grown");
    put_count(out, &separator, v->known, "known");
    separator = "; ";
    put_count(out, &separator, v->suppressed, "suppressed");
    if (v->exit_status >= 0)
        lc_out_fmt(out, "; exit %d", v->exit_status);
}
