/* Where an answer goes: a socket that who asks has opened in a folder of the program's user, under the program's number, and that
 * nobody else can have. A request names no path. */
#ifndef LC_PRELOAD_ANSWER_H
#define LC_PRELOAD_ANSWER_H

#include "base/compiler.h"

/* Connected; or -errno: -ENOENT, nobody waits there; -EPERM, the folder or whoever waits is not the user's own (or root). It
 * never waits. */
int lc_answer_open(void);

/* Sends one line, and with it the file `log` (-1: none). Waits for nobody. */
void lc_answer_send(int to, const char *line, int log);

#endif
