/* GitHub's workflow commands, which become annotations of lines; and the summary of a step. Of either kind it shows ten a
 * step, and drops the rest without a word. */
#include "complain.h"
#include "formats/finding.h"
#include "formats/page.h"
#include "formats/stack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANNOTATIONS_MAX 9 /* and one that tells of the rest */
#define SUMMARY_MAX ((size_t)1000 << 10) /* of a step's summary, a little less than what makes GitHub drop all of it */
#define SUMMARY_MIN ((size_t)4 << 10)

static void put_annotation(const struct lc_report *r, const struct lc_finding *f)
{
    static const char *const commands[LC_LEVEL_COUNT] = {"notice", "warning", "error"};
    char path[LC_STACK_NAME_SIZE];
    struct lc_stack s = lc_stack_of(r, f->site);
    lc_out_fmt(r->out, "::%s ", commands[f->level]);
    if (s.place) {
        lc_out_str(r->out, "file=");
        lc_markup_put(r->out, lc_markup_property, lc_markup_short(path, sizeof path, s.place->at.path));
        lc_out_fmt(r->out, ",line=%u,", s.place->at.line);
    }
    lc_out_fmt(r->out, "title=leakcheck%%3A %s::", f->rule->title);
    lc_markup_put(r->out, lc_markup_message, f->judgement->sentence);
    lc_out_char(r->out, '\n');
}

/* Appends to the summary, as long as there is room for more than its head. */
static bool add_summary(const struct lc_report *r, const char *path)
{
    struct stat s;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0 || fstat(fd, &s) != 0) {
        lc_complain("%s: %s", path, strerror(errno));
        return false;
    }
    struct lc_out out;
    char head[64];
    size_t used = s.st_size < 0 ? 0 : (size_t)s.st_size, len = 0;
    char *page = used + SUMMARY_MIN > SUMMARY_MAX ? NULL : lc_page_make(r, SUMMARY_MAX - used, &len);
    lc_out_init(&out, fd, head, sizeof head);
    if (page)
        lc_out_mem(&out, page, len);
    int failure = lc_out_flush(&out);
    if (failure)
        lc_complain("%s: %s", path, strerror(-failure));
    free(page);
    close(fd);
    return failure == 0;
}

static bool print(const struct lc_report *r)
{
    size_t count;
    struct lc_finding *list = lc_findings_shown(r, &count);
    for (size_t i = 0; i < count && i < ANNOTATIONS_MAX; i++)
        put_annotation(r, &list[i]);
    if (count > ANNOTATIONS_MAX)
        lc_out_fmt(r->out, "::notice title=leakcheck::%zu more findings are in the report\n", count - ANNOTATIONS_MAX);
    free(list);
    const char *summary = r->options->step_summary;
    if (!*summary)
        summary = getenv("GITHUB_STEP_SUMMARY"); /* at the end of a run there is no environment: the wrapper has told */
    return !count || !summary || !*summary || add_summary(r, summary); /* a step may run many programs that leak nothing */
}

const struct lc_formatter lc_formatter_github = {.print = print};
