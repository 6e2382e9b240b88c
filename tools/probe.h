/* Can a program be checked? Looked at before it starts, because a program that ld.so preloads nothing into
 * would run without a word. */
#ifndef LC_TOOLS_PROBE_H
#define LC_TOOLS_PROBE_H

/* `program` is the file that exec would run; scripts are followed to their interpreter. 0; or, after one line
 * on stderr ("leakcheck: PROGRAM: ..."), an exit status: 127 not there, 126 can't be executed, 125 can't be
 * checked. */
int lc_probe(const char *program);

#endif
