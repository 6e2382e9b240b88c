#include "formats/format.h"

const struct lc_formatter *const lc_formatters[] = {
    [LC_FORMAT_TEXT] = &lc_formatter_text,
    [LC_FORMAT_MTRACE] = &lc_formatter_mtrace,
    [LC_FORMAT_NONE] = &lc_formatter_none,
    [LC_FORMAT_JSON] = &lc_formatter_json,
    [LC_FORMAT_LSAN] = &lc_formatter_lsan,
    [LC_FORMAT_XML] = &lc_formatter_xml,
    [LC_FORMAT_SARIF] = &lc_formatter_sarif,
    [LC_FORMAT_JUNIT] = &lc_formatter_junit,
    [LC_FORMAT_GITHUB] = &lc_formatter_github,
    [LC_FORMAT_GITLAB] = &lc_formatter_gitlab,
    [LC_FORMAT_MARKDOWN] = &lc_formatter_markdown,
    [LC_FORMAT_FOLDED] = &lc_formatter_folded,
    [LC_FORMAT_PPROF] = &lc_formatter_pprof,
    [LC_FORMAT_CALLGRIND] = &lc_formatter_callgrind,
    [LC_FORMAT_MASSIF] = &lc_formatter_massif,
    [LC_FORMAT_DHAT] = &lc_formatter_dhat,
    [LC_FORMAT_HEAPTRACK] = &lc_formatter_heaptrack,
};
