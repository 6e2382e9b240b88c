/* The file that a command's name stands for. */
#ifndef LC_TOOLS_COMMAND_H
#define LC_TOOLS_COMMAND_H

#include <limits.h>
#include <stdbool.h>

/* Where execvp(3) finds `name`, into `found`: the first that may be executed, else the first that is a file. False
 * when there is none. */
bool lc_command_find(const char *name, char found[PATH_MAX]);

#endif
