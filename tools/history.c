#include "history.h"

#include "complain.h"
#include "report/escape.h"
#include "tally_read.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 60000 /* that others may take to add their runs */
#define APPLICATION_ID 0x6c6b6368 /* "lkch": what file(1) and we know our databases by */

#define STRING_OF(macro) STRING_OF_TEXT(macro)
#define STRING_OF_TEXT(text) #text

struct history {
    sqlite3 *db;
    const char *path;
    struct lc_out out;
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, time INTEGER NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS findings (run INTEGER NOT NULL REFERENCES runs, fingerprint TEXT NOT NULL, "
                             "kind TEXT NOT NULL, bytes INTEGER NOT NULL, blocks INTEGER NOT NULL, what TEXT NOT NULL, "
                             "PRIMARY KEY (run, fingerprint)) WITHOUT ROWID;"
                             "CREATE INDEX IF NOT EXISTS findings_by_fingerprint ON findings (fingerprint, run);"
                             "PRAGMA application_id = " STRING_OF(APPLICATION_ID);

static bool complain(const struct history *h)
{
    lc_complain("%s: %s", h->path, sqlite3_errmsg(h->db));
    return false;
}

static bool run(struct history *h, const char *sql)
{
    return sqlite3_exec(h->db, sql, NULL, NULL, NULL) == SQLITE_OK || complain(h);
}

static sqlite3_stmt *prepare(struct history *h, const char *sql)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(h->db, sql, -1, &s, NULL) != SQLITE_OK)
        complain(h);
    return s;
}

static bool finish(struct history *h, sqlite3_stmt *s)
{
    return sqlite3_finalize(s) == SQLITE_OK || complain(h);
}

/* Somebody else may have made the file: what is in its schema is not obeyed (https://sqlite.org/security.html). */
static void distrust(struct history *h)
{
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_exec(h->db, "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0", NULL, NULL, NULL);
}

static bool get_number(struct history *h, const char *sql, sqlite3_int64 *number)
{
    sqlite3_stmt *s = prepare(h, sql);
    if (s && sqlite3_step(s) == SQLITE_ROW)
        *number = sqlite3_column_int64(s, 0);
    return s && finish(h, s);
}

/* In a transaction: a database of ours, or an empty one that becomes ours. */
static bool make_ours(struct history *h)
{
    sqlite3_int64 id = 0, tables = 0;
    if (!get_number(h, "PRAGMA application_id", &id) || !get_number(h, "SELECT count(*) FROM sqlite_schema", &tables))
        return false;
    if (id == APPLICATION_ID)
        return true;
    if (id || tables) {
        lc_complain("%s: a database of something else than --history", h->path);
        return false;
    }
    return run(h, schema);
}

/* The log of what is written (WAL) survives kill -9, and lets others read meanwhile. Where the file system has no
 * shared memory the journal that is there does, too. */
static bool open_database(struct history *h, bool may_create)
{
    int flags = SQLITE_OPEN_READWRITE | (may_create ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(h->path, &h->db, flags, NULL) != SQLITE_OK)
        return complain(h);
    sqlite3_busy_timeout(h->db, BUSY_MS);
    distrust(h);
    sqlite3_exec(h->db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    return run(h, "BEGIN IMMEDIATE") && make_ours(h) && run(h, "COMMIT");
}

static bool insert(struct history *h, lc_tally found)
{
    sqlite3_int64 id = sqlite3_last_insert_rowid(h->db);
    sqlite3_stmt *s = prepare(h, "INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?)");
    if (!s)
        return false;
    for (const struct lc_tally_entry *e = found; e; e = e->hh.next) {
        sqlite3_bind_int64(s, 1, id);
        sqlite3_bind_text(s, 2, e->fingerprint, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 3, e->kind, -1, SQLITE_STATIC);
        sqlite3_bind_int64(s, 4, (sqlite3_int64)e->bytes);
        sqlite3_bind_int64(s, 5, (sqlite3_int64)e->blocks);
        sqlite3_bind_text(s, 6, e->what, -1, SQLITE_STATIC);
        if (sqlite3_step(s) != SQLITE_DONE)
            break;
        sqlite3_reset(s);
    }
    return finish(h, s);
}

/* All or nothing. */
static bool add(struct history *h, char *const *paths, size_t count, const struct lc_report_settings *settings)
{
    lc_tally found = NULL;
    char sql[96];
    bool is_good = lc_tally_read(&found, paths, count, settings);
    snprintf(sql, sizeof sql, "INSERT INTO runs (time) VALUES (%lld)", (long long)time(NULL));
    if (is_good)
        is_good = run(h, "BEGIN IMMEDIATE") && run(h, sql) && insert(h, found) && run(h, "COMMIT");
    lc_tally_free(&found);
    return is_good;
}

static void put_time(struct lc_out *out, sqlite3_int64 seconds)
{
    char text[32];
    time_t t = (time_t)seconds;
    struct tm utc;
    strftime(text, sizeof text, "%Y-%m-%d %H:%M", gmtime_r(&t, &utc) ? &utc : &(struct tm){0});
    lc_out_str(out, text);
}

/* Of bytes and blocks: what a damaged database says beyond is 0. */
static unsigned long amount(sqlite3_stmt *s, int column)
{
    double value = sqlite3_column_double(s, column);
    return value > 0 && value < 0x1p63 ? (unsigned long)value : 0;
}

static bool list(struct history *h)
{
    sqlite3_stmt *s = prepare(h, "SELECT r.id, r.time, count(f.run), total(f.bytes), (SELECT count(*) FROM findings n WHERE n.run = r.id "
                                 "AND NOT EXISTS (SELECT 1 FROM findings o WHERE o.fingerprint = n.fingerprint AND o.run < r.id)) "
                                 "FROM runs r LEFT JOIN findings f ON f.run = r.id GROUP BY r.id ORDER BY r.id");
    lc_out_fmt(&h->out, "%6s  %-16s %9s %14s %9s\n", "RUN", "TIME (UTC)", "FINDINGS", "BYTES", "NEW");
    while (s && sqlite3_step(s) == SQLITE_ROW) {
        lc_out_fmt(&h->out, "%6ld  ", (long)sqlite3_column_int64(s, 0));
        put_time(&h->out, sqlite3_column_int64(s, 1));
        lc_out_fmt(&h->out, " %9ld %'14lu %9ld\n", (long)sqlite3_column_int64(s, 2), amount(s, 3),
                   (long)sqlite3_column_int64(s, 4));
    }
    return s && finish(h, s);
}

static const char *text(sqlite3_stmt *s, int column)
{
    const char *value = (const char *)sqlite3_column_text(s, column);
    return value ? value : "";
}

/* What was asked for by its name, and is not there. */
static bool complain_missing(const struct history *h, const char *what, const char *which)
{
    lc_complain("%s: no %s %s in it; see list and trend", h->path, what, which);
    return false;
}

static bool has_run(struct history *h, const char *which)
{
    sqlite3_int64 found = 0;
    char *sql = sqlite3_mprintf("SELECT count(*) FROM runs WHERE id = %Q", which);
    bool is_good = sql && get_number(h, sql, &found);
    sqlite3_free(sql);
    return is_good && (found || complain_missing(h, "run", which));
}

/* The findings of a run, each with the run that it was first seen in and how it has grown since. */
static bool show(struct history *h, const char *which)
{
    sqlite3_stmt *s = prepare(h, "SELECT f.fingerprint, f.kind, f.bytes, f.blocks, f.what, o.run, o.bytes FROM findings f JOIN findings o "
                                 "ON o.fingerprint = f.fingerprint AND o.run = (SELECT min(run) FROM findings WHERE fingerprint = "
                                 "f.fingerprint) WHERE f.run = coalesce(?, (SELECT max(id) FROM runs)) ORDER BY f.bytes DESC, f.fingerprint");
    if (!s || (which && !has_run(h, which))) {
        sqlite3_finalize(s);
        return false;
    }
    if (which)
        sqlite3_bind_int64(s, 1, strtoll(which, NULL, 10));
    while (sqlite3_step(s) == SQLITE_ROW) {
        lc_escape_text(&h->out, text(s, 0));
        lc_out_char(&h->out, ' ');
        lc_escape_text(&h->out, text(s, 1));
        lc_out_fmt(&h->out, " %'lu bytes in %'lu blocks, since run %ld (%'lu bytes then): ", amount(s, 2),
                   amount(s, 3), (long)sqlite3_column_int64(s, 5),
                   amount(s, 6));
        lc_escape_text(&h->out, text(s, 4));
        lc_out_char(&h->out, '\n');
    }
    return finish(h, s);
}

/* Bytes of each finding, run by run. */
static bool trend(struct history *h, const char *which)
{
    sqlite3_stmt *s = prepare(h, "SELECT f.fingerprint, f.kind, f.what, r.id, g.bytes FROM (SELECT fingerprint, kind, what, max(run) FROM "
                                 "findings WHERE ?1 IS NULL OR fingerprint = ?1 GROUP BY fingerprint) f CROSS JOIN runs r LEFT JOIN findings "
                                 "g ON g.run = r.id AND g.fingerprint = f.fingerprint ORDER BY f.fingerprint, r.id");
    char last[LC_FINGERPRINT_SIZE] = "";
    if (!s)
        return false;
    sqlite3_bind_text(s, 1, which, -1, SQLITE_STATIC);
    while (sqlite3_step(s) == SQLITE_ROW) {
        if (strncmp(last, text(s, 0), sizeof last - 1) != 0) {
            lc_out_str(&h->out, *last ? "\n" : "");
            strncpy(last, text(s, 0), sizeof last - 1);
            lc_escape_text(&h->out, text(s, 0));
            lc_out_char(&h->out, ' ');
            lc_escape_text(&h->out, text(s, 1));
            lc_out_str(&h->out, ": ");
            lc_escape_text(&h->out, text(s, 2));
            lc_out_str(&h->out, "\n   ");
        }
        if (sqlite3_column_type(s, 4) == SQLITE_NULL)
            lc_out_str(&h->out, " -");
        else
            lc_out_fmt(&h->out, " %'lu", amount(s, 4));
    }
    lc_out_str(&h->out, *last ? "\n" : "");
    if (!finish(h, s))
        return false;
    return *last || !which || complain_missing(h, "finding", which);
}

static bool obey(struct history *h, char *const *arguments, size_t count, const struct lc_report_settings *settings)
{
    const char *verb = count ? arguments[0] : "";
    const char *which = count > 1 ? arguments[1] : NULL;
    bool is_add = strcmp(verb, "add") == 0 && count > 1;
    bool is_list = strcmp(verb, "list") == 0 && count == 1;
    bool is_show = strcmp(verb, "show") == 0 && count <= 2, is_trend = strcmp(verb, "trend") == 0 && count <= 2;
    if (!is_add && !is_list && !is_show && !is_trend) {
        lc_complain("--history takes add LOG..., list, show [RUN], or trend [FINGERPRINT]");
        return false;
    }
    if (!open_database(h, is_add))
        return false;
    if (is_add)
        return add(h, arguments + 1, count - 1, settings);
    return is_list ? list(h) : is_show ? show(h, which) : trend(h, which);
}

int lc_history(const char *database, char *const *arguments, size_t count, const struct lc_report_settings *settings)
{
    static char buffer[1 << 14];
    struct history h = {.path = database};
    lc_out_init(&h.out, STDOUT_FILENO, buffer, sizeof buffer);
    bool is_good = obey(&h, arguments, count, settings);
    is_good &= lc_out_flush(&h.out) == 0;
    sqlite3_close(h.db);
    return is_good ? 0 : LC_EXIT_TROUBLE;
}
