/* Any bytes as a baseline, and as a report in JSON. */
#include "baseline.h"
#include "tally_read.h"

#include <stdlib.h>
#include <string.h>

/* Logs are not read here (fuzz_log_read). */
bool lc_report_look(const struct lc_report_settings *settings, struct lc_logs *logs, lc_report_visit *visit, void *context)
{
    (void)settings, (void)logs, (void)visit, (void)context;
    return true;
}

/* Nothing is judged. */
struct lc_judgement *lc_judge_leak(struct lc_judge *j, const struct lc_leak *leak)
{
    (void)j, (void)leak;
    return NULL;
}

struct lc_judgement *lc_judge_error(struct lc_judge *j, const struct lc_error *error)
{
    (void)j, (void)error;
    return NULL;
}

/* What is wrong is told for people, who do not read here. */
void lc_complain(const char *fmt, ...)
{
    (void)fmt;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lc_baseline b = {0};
    lc_tally t = NULL;
    char *text = malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    lc_tally_parse(&t, "fuzz", text, size, LC_KINDS_ALL);
    lc_tally_free(&t);
    lc_baseline_parse(&b, "fuzz", text);
    for (size_t i = 0; i < b.count; i++) {
        LC_ASSERT(strlen(b.at[i].fingerprint) == LC_FINGERPRINT_SIZE - 1);
        LC_ASSERT(i == 0 || strcmp(b.at[i - 1].fingerprint, b.at[i].fingerprint) < 0);
        lc_baseline_is_expired(&b.at[i], "2027-01-31");
    }
    lc_baseline_free(&b);
    free(text);
    return 0;
}
