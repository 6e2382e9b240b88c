#include "unwind/verify.h"

#include "unwind/reference.h"

#include <string.h>

const char *lc_unwind_verify(struct lc_unwinder *u, const struct lc_context *from, unsigned limit,
                             struct lc_verified *v)
{
    const struct lc_stack *a = &v->ours, *b = &v->reference;
    lc_unwind(u, from, limit, &v->ours);
    lc_reference_unwind(from, limit, &v->reference);
    const unsigned common = a->depth < b->depth ? a->depth : b->depth;
    if (memcmp(a->frames, b->frames, common * sizeof a->frames[0]))
        return "a frame";
    if (a->depth != b->depth)
        return "the depth";
    if (memcmp(a->exact, b->exact, sizeof a->exact))
        return "which frames were interrupted";
    return a->truncated == b->truncated ? NULL : "whether there is more";
}
