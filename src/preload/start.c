/* The constructor: the first of all (the library is linked with -z initfirst), before libc's own. */
#include "preload/start.h"

#include "base/arena.h"
#include "base/out.h"
#include "base/sys.h"
#include "preload/door.h"
#include "preload/end.h"
#include "preload/hooks.h"
#include "record/modules.h"
#include "report/member.h"
#include "report/outputs.h"
#include "vm/access.h"

#include <errno.h>
#include <string.h>

/* glibc's chunks are at least 32 bytes apart, other allocators' classes begin at 8 (design.md, 3.3). */
#define GLIBC_GRANULE 32
#define OTHER_GRANULE 8

static struct lc_finish run;

static void add_note(const char *text)
{
    if (text && run.note_count < LC_ARRAY_LEN(run.notes))
        run.notes[run.note_count++] = text;
}

/* A file that can't be opened: said at once, because the report may be silent or elsewhere, and in it. */
static void complain_of_file(const char *option, const char *value, int error, const char *consequence)
{
    char text[512];
    const char *why = error == EINVAL ? "a wrong % in it, or a variable that is not set" : strerrordesc_np(error);
    lc_format(text, sizeof text, "%s=%s can't be opened (%s): %s", option, value, why ? why : "?", consequence);
    lc_start_complain(text);
    add_note(lc_pool_strdup(text));
}

/* The report's file, or standard error; the log's file, if one is asked for. */
static void open_targets(char *const *environment)
{
    const struct lc_options *o = &run.options;
    const struct lc_process *p = &run.identity.process;
    lc_target_open_stderr(&run.console);
    run.report.own.fd = run.record.own.fd = run.run_log.own.fd = -1;
    int rc = o->log_file[0] ? lc_target_open_file(&run.report, o->log_file, p->directory, environment) : 0;
    if (rc < 0)
        complain_of_file("log-file", o->log_file, -rc, "the report goes to standard error");
    rc = o->record[0] ? lc_target_open_file(&run.record, o->record, p->directory, environment) : 0;
    if (rc < 0)
        complain_of_file("record", o->record, -rc, "there is no log");
    if (o->run_log[0] && run.symbolizer[0])
        lc_target_open_shared(&run.run_log, o->run_log); /* the command may have ended, or the folder be out of reach */
}

static void complain_of_output(const char *output)
{
    complain_of_file("output", output, EINVAL, "it is left out");
}

static void note_bypass(void)
{
    const char *owner = lc_real_bypassed_by();
    char text[512];
    if (!owner)
        return;
    lc_format(text, sizeof text, "malloc is not ours here but that of %s, whose blocks are not seen",
              owner[0] ? owner : run.identity.process.executable);
    add_note(lc_pool_strdup(text));
}

static int start_recording(void)
{
    struct lc_track_settings settings = {
        .granule = lc_real_is_glibc() ? GLIBC_GRANULE : OTHER_GRANULE,
    };
    int rc = lc_track_init(&settings);
    lc_is_recording = rc == 0; /* before the handlers: libc may allocate for them, and free it at the end */
    return rc ? rc : lc_end_install(&run);
}

static void find_symbolizer(void)
{
    const char *chosen = run.options.symbolizer;
    if (strcmp(chosen, "auto") == 0)
        run.symbolizer = lc_start_find_symbolizer(run.identity.library);
    else
        run.symbolizer = strcmp(chosen, "no") == 0 ? "" : chosen;
}

__attribute__((constructor(101))) static void start(int argc, char **argv, char **environment)
{
    run.early_blocks = lc_early_blocks(); /* what follows takes some, too */
    lc_hooks_find();                      /* before there is a real malloc: the program's heap stays as it is */
    if (lc_real_resolve() < 0) {
        lc_start_complain("there is no malloc in this program's libraries: it can't run under leakcheck");
        lc_sys_exit_group(125);
    }
    lc_start_read_options(&run.options, environment);
    lc_access_deny(run.options.without);
    lc_access_init();
    lc_identity_init(&run.identity, argc, argv, environment, &run);
    run.identity.process.is_main = run.options.main_pid == (unsigned)run.identity.process.pid;
    run.function_addresses = lc_door_addresses;
    if (!run.options.trace_children)
        lc_start_hide_from_children(environment);
    if (!run.identity.process.is_main &&
        lc_start_is_skipped(run.options.trace_children_skip, run.identity.process.executable))
        return;
    lc_modules_init(run.identity.process.executable);
    lc_modules_at(lc_door_addresses[LC_FN_MALLOC]); /* every stack begins in us */
    find_symbolizer();
    open_targets(environment);
    lc_outputs_resolve(run.options.output, environment, complain_of_output);
    run.stdio_allocator = lc_real_stdio_allocator();
    note_bypass();
    lc_member_begin(&run);
    if (start_recording() == 0)
        return;
    lc_is_recording = false;
    lc_start_complain("there is no memory to record anything in: the program runs unchecked");
}
