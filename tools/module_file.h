/* The ELF file of a module that was mapped in a process, and its debug information, wherever that lies. */
#ifndef LC_TOOLS_MODULE_FILE_H
#define LC_TOOLS_MODULE_FILE_H

#include <elfutils/libdwfl.h>

/* The module at its own addresses (bias 0); dwfl_end(dwfl) gives it back. */
struct lc_module_file {
    Dwfl *dwfl; /* NULL: no file that can be trusted */
    Dwfl_Module *module;
};

/* Opens `path`. A file whose build-id is not `build_id` (lower-case hex, "" when none was recorded) is not
 * the one that ran: that is told on stderr, and only its debug file is looked for. */
struct lc_module_file lc_module_file_open(const char *path, const char *build_id);

/* Where else to look for debug files, as in gdb's debug-file-directory: DIR/.build-id/xx/rest.debug, and
 * DIR/path by .gnu_debuglink. Before the first open; `directory` is borrowed. */
void lc_module_file_search(const char *directory);

#endif
