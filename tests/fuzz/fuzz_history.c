/* Any bytes as the database of --history, and as the schema of one. */
#include "history.h"
#include "tally_read.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A run of one finding. */
bool lc_tally_read(lc_tally *t, char *const *paths, size_t count, const struct lc_report_settings *settings)
{
    static char kind[] = "definite", what[] = "a leak";
    static struct lc_tally_entry entry = {.fingerprint = "0123456789abcdef", .kind = kind, .what = what};
    (void)paths, (void)count, (void)settings;
    *t = &entry;
    return true;
}

void lc_tally_free(lc_tally *t)
{
    (void)t;
}

/* What is wrong is told for people, who do not read here. */
void lc_complain(const char *fmt, ...)
{
    (void)fmt;
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "w");
    fwrite(data, 1, size, file);
    fclose(file);
}

/* A database of ours, in which `sql` was done, too. */
static void make_database(const char *path, const uint8_t *sql, size_t size)
{
    sqlite3 *db;
    char *text = strndup((const char *)sql, size);
    sqlite3_open(path, &db);
    sqlite3_exec(db, "PRAGMA application_id = 0x6c6b6368; CREATE TABLE runs (id INTEGER PRIMARY KEY, time INTEGER);"
                     "CREATE TABLE findings (run, fingerprint, kind, bytes, blocks, what)", NULL, NULL, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_VDBE_OP, 1000);
    sqlite3_exec(db, text, NULL, NULL, NULL);
    sqlite3_close(db);
    free(text);
}

static void use(const char *path)
{
    char *const verbs[][2] = {{"list", NULL}, {"show", NULL}, {"show", "1"}, {"trend", NULL}, {"add", "log"}};
    static const struct lc_report_settings settings;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        lc_history(path, verbs[i], verbs[i][1] ? 2 : 1, &settings);
}

static void remove_all(const char *path)
{
    static const char *const ends[] = {"", "-journal", "-wal", "-shm"};
    char name[64];
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[48];
    if (!*path) {
        bool is_fast = access("/dev/shm", W_OK) == 0; /* nothing is synchronised with a disk */
        snprintf(path, sizeof path, "%sfuzz-history-%d.db", is_fast ? "/dev/shm/" : "", getpid());
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
    }
    write_file(path, data, size);
    use(path);
    remove_all(path);
    make_database(path, data, size);
    use(path);
    remove_all(path);
    return 0;
}
