#include "unwind/verify.h"

#include "base/hash.h"
#include "unwind/reference.h"

#include <string.h>

/* Tags each frame with a hash of the stack from it outwards. False if a tag that is there says otherwise: its
 * callers are not those that it was set for. */
static bool are_tags_good(const struct lc_unwound *s)
{
    uint64_t hash = s->truncated;
    bool good = true;
    for (unsigned i = s->count; i-- > 0;) {
        hash = lc_hash_mix(hash, s->frames[i].pc);
        const uint32_t tag = (uint32_t)hash | 1;
        good &= s->more[i].tag == 0 || s->more[i].tag == tag;
        s->more[i].tag = tag;
    }
    return good;
}

bool lc_stack_capture(struct lc_unwinder *u, const struct lc_context *from, unsigned limit, struct lc_stack *out)
{
    const uint64_t name = lc_unwind(u, from);
    const struct lc_unwound stack = lc_unwound(u, from, name);
    out->depth = stack.count < limit ? stack.count : limit;
    out->truncated = stack.truncated || stack.count > limit;
    memset(out->exact, 0, sizeof out->exact);
    for (unsigned i = 0; i < out->depth; i++) {
        out->frames[i] = lc_traced_pc(&stack.frames[i]);
        out->exact[i / 64] |= (uint64_t)lc_traced_is_exact(&stack.frames[i]) << i % 64;
    }
    return are_tags_good(&stack) && stack.more[0].name == name;
}

const char *lc_stack_difference(const struct lc_stack *a, const struct lc_stack *b)
{
    const unsigned common = a->depth < b->depth ? a->depth : b->depth;
    if (memcmp(a->frames, b->frames, common * sizeof a->frames[0]))
        return "a frame";
    if (a->depth != b->depth)
        return "the depth";
    if (memcmp(a->exact, b->exact, sizeof a->exact))
        return "which frames were interrupted";
    return a->truncated == b->truncated ? NULL : "whether there is more";
}

const char *lc_unwind_verify(struct lc_unwinder *u, const struct lc_context *from, unsigned limit,
                             struct lc_verified *v)
{
    const bool are_tagged_well = lc_stack_capture(u, from, limit, &v->ours);
    lc_reference_unwind(from, lc_stack_limit(&v->ours, limit), &v->reference);
    const char *difference = lc_stack_difference(&v->ours, &v->reference);
    return difference || are_tagged_well ? difference : "a tag";
}
