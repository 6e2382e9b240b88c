/* Blocks hold by every word of theirs, from the first to the last. */
#include "leaks.h"

// expect: reachable 824/2
CASE(by_last_word)
{
    void **holder = (void **)block(800, NULL);
    holder[99] = block(24, NULL);
    held = holder;
}

// expect: reachable 3200/101
CASE(by_every_word)
{
    void **holder = (void **)block(800, NULL);
    for (int i = 0; i < 100; i++)
        holder[i] = block(24, NULL);
    held = holder;
}

// The word that would end past the block's last byte is none of it.
// expect: reachable 20/1, definite 24/1
CASE(by_half_a_word_at_its_end)
{
    char *holder = (char *)block(20, NULL);
    void *p = block(24, NULL);
    memcpy(holder + 16, &p, 4);
    held = holder;
}

// Holders of 100 pages, of which the last is touched.
// expect: reachable 409624/2
CASE(by_a_page_far_away)
{
    void **holder = (void **)malloc(409600);
    holder[51199] = block(24, NULL);
    held = holder;
}
