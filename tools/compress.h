/* gzip. */
#ifndef LC_TOOLS_COMPRESS_H
#define LC_TOOLS_COMPRESS_H

/* Writes what the file `from` has, from its start on, to `to`, compressed. 0 or -errno. */
int lc_compress(int from, int to);

#endif
