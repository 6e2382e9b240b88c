#include "formats/markup.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

static char text[4096];

static const char *marked(lc_markup markup, const char *from)
{
    struct lc_out out;
    lc_out_init(&out, -1, text, sizeof text - 1);
    lc_markup_put(&out, markup, from);
    text[out.len] = '\0';
    return text;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

Test(markup, is_utf8_of_one_line_in_every_format)
{
    cr_assert(is_same(marked(lc_markup_none, "a\nb\x1b\xff\xc3\xa9 \xef\xbf\xbf"), "a\\x0Ab\\x1B\\xFF\xc3\xa9 \\xEF\\xBF\\xBF"));
}

Test(markup, signs_of_a_format_are_none_in_it)
{
    cr_assert(is_same(marked(lc_markup_xml, "<a&'\"]]>"), "&lt;a&amp;&apos;&quot;]]&gt;"));
    cr_assert(is_same(marked(lc_markup_message, "::error::50%, a"), "::error::50%25, a"));
    cr_assert(is_same(marked(lc_markup_property, "a:b,c%"), "a%3Ab%2Cc%25"));
    cr_assert(is_same(marked(lc_markup_folded, "f(a; b)"), "f(a, b)"));
    cr_assert(is_same(marked(lc_markup_markdown, "|`<b>*"), "&#124;&#96;&#60;b&#62;&#42;"));
}

Test(markup, a_long_name_keeps_both_ends_and_whole_characters)
{
    char buf[16];
    cr_assert(is_same(lc_markup_short(buf, sizeof buf, "123456789012345"), "123456789012345"));
    cr_assert(is_same(lc_markup_short(buf, sizeof buf, "1234567890123456"), "123456789...456"));
    for (size_t i = 0; i < 8; i++) { /* wherever the cut would be */
        char name[64] = "";
        memset(name, 'a', i);
        for (size_t k = 0; k < 12; k++)
            strcat(name, "\xe2\x82\xac");
        const char *cut = lc_markup_short(buf, sizeof buf, name);
        cr_assert(lt(sz, strlen(cut), sizeof buf));
        cr_assert(strstr(marked(lc_markup_none, cut), "\\x") == NULL, "%s", cut);
    }
}

Test(markup, paths_are_uris)
{
    const struct {
        const char *path, *uri;
    } cases[] = {{"src/a.c", "src/a.c"}, {"/tmp/a b#?.c", "file:///tmp/a%20b%23%3F.c"}, {"c:d\xff", "c%3Ad%FF"}};
    for (size_t i = 0; i < LC_ARRAY_LEN(cases); i++) {
        char *uri = lc_markup_uri(cases[i].path);
        cr_assert(is_same(uri, cases[i].uri), "%s", uri);
        free(uri);
    }
}
