#include "judge.h"

#include "calls.h"
#include "fingerprint.h"
#include "generate.h"
#include "mem.h"
#include "progress.h"
#include "report/words.h"
#include "sentence.h"
#include "source_lines.h"

#include <stdlib.h>

struct lc_judge {
    struct lc_judgement *leaks, *errors;
    size_t leak_count, error_count;
};

/* What is the same for leaks and errors: the index of the call that it belongs to. */
static size_t judge_calls(struct lc_judgement *j, const char *kind, const struct lc_calls *calls,
                          const struct lc_judge_settings *settings)
{
    bool is_own;
    size_t owner = lc_calls_owner(calls, &is_own);
    lc_fingerprint(j->fingerprint, kind, calls);
    j->has_owner = settings->source_root;
    j->is_own = is_own;
    const struct lc_location *at = is_own ? &calls->at[owner].at : NULL;
    if (at && at->source && settings->has_excerpts)
        j->excerpt = lc_source_lines(at->source, at->line);
    return owner;
}

struct lc_judge *lc_judge_open(struct lc_findings *f, struct lc_namer *namer, const struct lc_judge_settings *settings)
{
    struct lc_judge *judge = lc_mem_alloc(1, sizeof *judge);
    struct lc_calls calls = {0};
    *judge = (struct lc_judge){lc_mem_alloc(f->leak_count, sizeof *judge->leaks),
                               lc_mem_alloc(f->error_count, sizeof *judge->errors), f->leak_count, f->error_count};
    struct lc_progress progress;
    lc_progress_start(&progress, "leaks", settings->has_progress ? f->leak_count : 0);
    for (size_t i = 0; i < f->leak_count; i++) {
        lc_progress_step(&progress, i);
        struct lc_leak *l = &f->leaks[i];
        struct lc_judgement *j = &judge->leaks[i];
        lc_calls_fill(&calls, f, &l->site, namer, false);
        size_t owner = judge_calls(j, lc_words_leak.word[l->kind], &calls, settings);
        lc_fingerprint(j->place, "", &calls);
        j->where = lc_sentence_place(&calls, owner);
        j->sentence = lc_sentence_leak(l, &calls, owner);
        j->command = lc_sentence_command(l, &f->process);
        if (settings->has_suppressions)
            j->suppression = lc_generate_suppression(l->kind, &calls);
        l->judgement = j;
    }
    for (size_t i = 0; i < f->error_count; i++) {
        struct lc_error *e = &f->errors[i];
        struct lc_judgement *j = &judge->errors[i];
        lc_calls_fill(&calls, f, &e->site, namer, false);
        size_t owner = judge_calls(j, lc_words_error.word[e->kind], &calls, settings);
        j->sentence = lc_sentence_error(e, &calls, owner);
        e->judgement = j;
    }
    lc_progress_end(&progress);
    lc_calls_free(&calls);
    return judge;
}

struct lc_judgement *lc_judge_leak(struct lc_judge *j, const struct lc_leak *leak)
{
    return &j->leaks[leak->judgement - j->leaks];
}

struct lc_judgement *lc_judge_error(struct lc_judge *j, const struct lc_error *error)
{
    return &j->errors[error->judgement - j->errors];
}

static void free_judgement(struct lc_judgement *j)
{
    free((void *)(uintptr_t)j->where);
    free((void *)(uintptr_t)j->sentence);
    free((void *)(uintptr_t)j->excerpt);
    free((void *)(uintptr_t)j->command);
    free((void *)(uintptr_t)j->suppression);
}

void lc_judge_close(struct lc_judge *j)
{
    for (size_t i = 0; i < j->leak_count; i++)
        free_judgement(&j->leaks[i]);
    for (size_t i = 0; i < j->error_count; i++)
        free_judgement(&j->errors[i]);
    free(j->leaks);
    free(j->errors);
    free(j);
}
