/* leakcheck: looks at the options and at the command, then becomes the command, with libleakcheck.so in it. */
#include "command.h"
#include "installation.h"
#include "mem.h"
#include "probe.h"
#include "run_folder.h"
#include "supervisor.h"
#include "wrapper_options.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, EXIT_CANNOT_CHECK = 125, EXIT_CANNOT_EXECUTE = 126, EXIT_NOT_FOUND = 127 };

/* Empties the file that an earlier run may have left; the library adds to it, process after process. A name with a
 * % is another one for each process. */
static void empty(const char *path)
{
    struct stat st;
    if (!*path || strchr(path, '%') || stat(path, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd >= 0)
        close(fd);
}

/* In front of what the user preloads himself. */
static void preload(const char *library)
{
    const char *others = getenv("LD_PRELOAD");
    bool has_others = others && *others;
    setenv("LD_PRELOAD", lc_mem_format("%s%s%s", library, has_others ? ":" : "", has_others ? others : ""), 1);
}

/* The log for one report on all processes; "" when each is to have its own. */
static const char *start_run(const struct lc_wrapper_options *o, const char *report, char **arguments)
{
    static struct lc_run_folder folder;
    const struct lc_options *options = &o->current;
    bool is_each_alone = strchr(options->log_file, '%') || strcmp(options->symbolizer, "no") == 0;
    if (is_each_alone || !lc_run_folder_make(&folder))
        return "";
    lc_supervisor_start(&(struct lc_supervision){&folder, options, report, arguments});
    return folder.log;
}

static int run(char **command, const struct lc_wrapper_options *o, char **arguments)
{
    static struct lc_installation parts;
    char file[PATH_MAX];
    if (!lc_installation_find(&parts))
        return EXIT_CANNOT_CHECK;
    if (!lc_command_find(command[0], file)) {
        fprintf(stderr, "leakcheck: %s: command not found\n", command[0]);
        return EXIT_NOT_FOUND;
    }
    int obstacle = lc_probe(file);
    if (obstacle)
        return obstacle;
    empty(o->given.log_file);
    empty(o->given.record);
    const char *run_log = start_run(o, parts.report, arguments);
    lc_wrapper_options_export(o, parts.report, run_log);
    preload(parts.library);
    execvp(command[0], command);
    fprintf(stderr, "leakcheck: %s: %s\n", command[0], strerror(errno));
    return EXIT_CANNOT_EXECUTE;
}

int main(int argc, char **argv)
{
    static struct lc_wrapper_options o;
    (void)argc;
    switch (lc_wrapper_options_read(&o, argv)) {
    case LC_WRAPPER_RUN:
        return run(o.command, &o, argv);
    case LC_WRAPPER_DONE:
        return 0;
    case LC_WRAPPER_WRONG:
        break;
    }
    return EXIT_USAGE;
}
