/* What a format writes for a call: stacks share most of theirs, so that it is made once for each. */
#ifndef LC_TOOLS_FORMATS_CALL_TEXTS_H
#define LC_TOOLS_FORMATS_CALL_TEXTS_H

#include "calls.h"

struct lc_call_text;

struct lc_call_texts {
    char *(*make)(const struct lc_call *call); /* in memory of malloc, or NULL */
    struct lc_call_text *all;                  /* at first NULL */
};

/* What `make` has made of `call`, now or before; it stays until all are freed. */
const char *lc_call_texts_of(struct lc_call_texts *texts, const struct lc_call *call);
void lc_call_texts_free(struct lc_call_texts *texts);

#endif
