#include "formats/format.h"

const struct lc_formatter *const lc_formatters[] = {
    [LC_FORMAT_TEXT] = &lc_formatter_text,
    [LC_FORMAT_MTRACE] = &lc_formatter_mtrace,
    [LC_FORMAT_JSON] = &lc_formatter_json,
};
