/* Words of valgrind's command line that are said otherwise here: where the log goes, XML, and call trees of leaks. */
#ifndef LC_TOOLS_VALGRIND_WORDS_H
#define LC_TOOLS_VALGRIND_WORDS_H

#include <stdbool.h>

/* What they have said. Zero-initialised is valid; the words are borrowed. */
struct lc_valgrind_words {
    bool has_xml, has_tree;
    const char *xml, *tree; /* the file's name as it was given, a socket's or a descriptor's as a destination; or NULL */
};

/* Whether `word` is one of them. `add` takes one of our own options, "name=value", and says no, after a line on stderr, if it
 * is wrong; `*is_good` is what it said. */
bool lc_valgrind_word(struct lc_valgrind_words *v, const char *word, bool (*add)(void *context, const char *text), void *context,
                      bool *is_good);

/* After the last: what only all of them together say. False, and one line on stderr, when something is missing. */
bool lc_valgrind_words_end(const struct lc_valgrind_words *v, bool (*add)(void *context, const char *text), void *context);

#endif
