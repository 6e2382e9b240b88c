#include "module_file.h"

#include "complain.h"
#include "mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SYSTEM_DEBUG_DIRECTORY "/usr/lib/debug"

static const char *extra_directory;
static char *search_path; /* in elfutils' syntax: "" is beside the file, ".debug" below it */

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo, /* by build-id, by debuglink, by $DEBUGINFOD_URLS */
    .debuginfo_path = &search_path,
};

void lc_module_file_search(const char *directory)
{
    extra_directory = directory;
    free(search_path);
    search_path = lc_mem_format(":.debug:%s:%s", directory, SYSTEM_DEBUG_DIRECTORY);
}

static bool has_build_id(Dwfl_Module *module, const char *expected)
{
    const unsigned char *bits;
    GElf_Addr where;
    int len = dwfl_module_build_id(module, &bits, &where);
    if (len <= 0)
        return false;
    if (strlen(expected) != 2 * (size_t)len)
        return false;
    for (int i = 0; i < len; i++) {
        char byte[3];
        snprintf(byte, sizeof byte, "%02x", bits[i]);
        if (memcmp(byte, expected + 2 * i, 2) != 0)
            return false;
    }
    return true;
}

static bool is_regular_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* A Dwfl of its own for each module: they may overlap, having lived in several processes. */
static struct lc_module_file open_elf(const char *path)
{
    struct lc_module_file file = {.dwfl = dwfl_begin(&callbacks)};
    if (file.dwfl && is_regular_file(path)) {
        dwfl_report_begin(file.dwfl);
        file.module = dwfl_report_elf(file.dwfl, path, path, -1, 0, true);
        dwfl_report_end(file.dwfl, NULL, NULL);
    }
    if (!file.module) {
        dwfl_end(file.dwfl);
        file.dwfl = NULL;
    }
    return file;
}

/* The debug file of a build-id has the symbols and DWARF of a file that is gone. */
static struct lc_module_file open_by_build_id(const char *directory, const char *build_id)
{
    char *path = lc_mem_format("%s/.build-id/%.2s/%s.debug", directory, build_id, build_id + 2);
    struct lc_module_file file = open_elf(path);
    free(path);
    return file;
}

struct lc_module_file lc_module_file_open(const char *path, const char *build_id)
{
    struct lc_module_file file = open_elf(path);
    if (*build_id == '\0' || (file.module && has_build_id(file.module, build_id)))
        return file;
    if (file.module) {
        lc_complain("%s: not the file that ran (its build-id differs): no names from it", path);
        dwfl_end(file.dwfl);
        file = (struct lc_module_file){0};
    }
    if (strspn(build_id, "0123456789abcdef") != strlen(build_id) || strlen(build_id) < 3)
        return file;
    if (extra_directory)
        file = open_by_build_id(extra_directory, build_id);
    return file.module ? file : open_by_build_id(SYSTEM_DEBUG_DIRECTORY, build_id);
}
