#include "report/tool_arguments.h"

void lc_tool_arguments(struct lc_tool_arguments *to, const char *tool)
{
    *to = (struct lc_tool_arguments){{tool, "--at-end", "-", NULL}};
}
