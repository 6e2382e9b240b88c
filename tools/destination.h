/* Where a report is written. */
#ifndef LC_TOOLS_DESTINATION_H
#define LC_TOOLS_DESTINATION_H

#define LC_DESTINATION_SOCKET "tcp:" /* "tcp:HOST:PORT" */
#define LC_DESTINATION_PORT "1500"   /* valgrind's, where none is given */

/* A descriptor to write to: the file at `path`, emptied; one that is open, by "/dev/stdout", "/dev/stderr" or "/dev/fd/N", as
 * it stands; or a connection, by "tcp:HOST[:PORT]". -1, and one line on stderr. */
int lc_destination_open(const char *path);

#endif
