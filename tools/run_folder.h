/* The folder of a run: private, in $TMPDIR or where there is room instead, with the log that all its processes share (report/run_log.h). */
#ifndef LC_TOOLS_RUN_FOLDER_H
#define LC_TOOLS_RUN_FOLDER_H

#include <stdbool.h>

struct lc_run_folder {
    char *path, *log;
    int log_fd; /* to read and append; close-on-exec */
};

/* False, and told, when there can't be one: each process then reports for itself. */
bool lc_run_folder_make(struct lc_run_folder *f);
void lc_run_folder_remove(const struct lc_run_folder *f);

#endif
