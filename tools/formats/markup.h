/* Text from outside (names, paths, arguments) in formats that have signs of their own. */
#ifndef LC_TOOLS_FORMATS_MARKUP_H
#define LC_TOOLS_FORMATS_MARKUP_H

#include "base/out.h"

/* What stands for an ASCII character; NULL: the character itself. */
typedef const char *const lc_markup[128];

extern lc_markup lc_markup_none, lc_markup_xml, lc_markup_markdown, lc_markup_message, lc_markup_property, lc_markup_folded;

/* Text as for people (report/escape.h), so that it is UTF-8 of one line; in memory of malloc. */
char *lc_markup_mended(const char *text);

/* Mended, and each character as the format has it. */
void lc_markup_put(struct lc_out *out, lc_markup markup, const char *text);

/* A long name as its first and last bytes, never half a character, with "..." between: `text` itself when it fits into
 * `size` bytes, or else `buf`. */
const char *lc_markup_short(char *buf, size_t size, const char *text);

/* A path as a relative or (file:) absolute URI; in memory of malloc. */
char *lc_markup_uri(const char *path);

#endif
