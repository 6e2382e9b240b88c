/* GitHub's Markdown, for a comment on a pull request. */
#include "formats/page.h"

#include <stdlib.h>

static bool print(const struct lc_report *r)
{
    size_t len;
    char *page = lc_page_make(r, LC_PAGE_COMMENT, &len);
    lc_out_mem(r->out, page, len);
    free(page);
    return true;
}

const struct lc_formatter lc_formatter_markdown = {.print = print};
