/* The program's handlers with SA_RESETHAND. The kernel makes the default of the signal its action as soon as one is called, and
 * ours is to lie under that: so something of ours comes before it. */
#ifndef LC_PRELOAD_ONESHOT_H
#define LC_PRELOAD_ONESHOT_H

#include <signal.h>

/* What is to be installed for `handler`: itself, when there are too many. Async-signal-safe. */
sighandler_t lc_oneshot_for(sighandler_t handler);
/* The program's handler that `handler` is for; or itself, when it is none of ours. */
sighandler_t lc_oneshot_of(sighandler_t handler);

#endif
