#include "report/tool_arguments.h"

#define TEXT(number) #number
#define EXITCODE(number) "--error-exitcode=" TEXT(number)

static const char *const handed_on[] = {"leak-check", "memory-map", "format", "show-leak-kinds", "errors-for-leak-kinds"};

void lc_tool_arguments(struct lc_tool_arguments *to, const char *tool, const struct lc_options *o)
{
    static_assert(LC_ARRAY_LEN(handed_on) <= LC_ARRAY_LEN(to->texts) &&
                      LC_ARRAY_LEN(handed_on) + 5 <= LC_ARRAY_LEN(to->list),
                  "there is room for all");
    size_t count = 0;
    to->list[count++] = tool;
    to->list[count++] = EXITCODE(LC_TOOL_HAS_ERRORS);
    for (size_t i = 0; i < LC_ARRAY_LEN(handed_on); i++) {
        to->texts[i][0] = to->texts[i][1] = '-';
        lc_options_format(o, handed_on[i], to->texts[i] + 2, sizeof to->texts[i] - 2);
        to->list[count++] = to->texts[i];
    }
    if (o->quiet || o->verbose)
        to->list[count++] = o->quiet ? "--quiet" : "--verbose";
    to->list[count++] = "-";
    to->list[count] = NULL;
}
