/* System calls that a handler makes end with EINTR, whatever its flags (signal(7)), go on as if no signal had come.
 *
 * Where nothing of the wait is lost, the call is made again: it has no timeout, or an absolute one, or the kernel has written back
 * what is left. Else it is made again for its whole timeout, once, because nobody knows when it began: from then on its end is
 * known (in a frame below the program's stack pointer), however often it is interrupted. So it may end late, by at most its
 * timeout. Programs that know no signals take EINTR for a failure; late is what a timeout may always be. */
#ifndef LC_SCAN_AGAIN_H
#define LC_SCAN_AGAIN_H

#include <ucontext.h>

/* At the end of a handler that has interrupted a thread at `u`, with all signals blocked. A signal that has come meanwhile, and that
 * the program handles, interrupts the call after all. */
void lc_again(ucontext_t *u);

#endif
