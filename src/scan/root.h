/* One root: words from which memory is held. */
#ifndef LC_SCAN_ROOT_H
#define LC_SCAN_ROOT_H

#include "base/range.h"

#include <sys/types.h>

enum lc_root_kind {
    LC_ROOT_GLOBALS,
    LC_ROOT_STACK,
    LC_ROOT_REGISTERS,
    LC_ROOT_TLS,
    LC_ROOT_MAPPING, /* anonymous memory that nobody was seen to map */
    LC_ROOT_SHARED,
    LC_ROOT_USER,
    LC_ROOT_KINDS
};

struct lc_root {
    struct lc_range range;
    enum lc_root_kind kind;
    pid_t tid;    /* of a stack, registers, TLS; else 0 */
    bool is_copy; /* words that were written for us: to be read as they are */
};

#endif
