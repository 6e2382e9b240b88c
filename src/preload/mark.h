/* Whose memory this is: the process's own, or a parent's that a vfork child runs in. */
#ifndef LC_PRELOAD_MARK_H
#define LC_PRELOAD_MARK_H

enum lc_mark {
    LC_MARK_OWN,
    LC_MARK_BORROWED, /* a child that shares our memory: vfork, posix_spawn, clone with CLONE_VM */
    LC_MARK_FORKED    /* the child of a fork that no handler was told of: a raw clone */
};

/* 0 or -ENOMEM. */
int lc_mark_init(void);
enum lc_mark lc_mark_check(void);
/* In a fork's child: this memory is its own. */
void lc_mark_take(void);

#endif
