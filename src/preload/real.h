/* The functions behind the doors: what the program would have called without us. */
#ifndef LC_PRELOAD_REAL_H
#define LC_PRELOAD_REAL_H

#include "base/range.h"
#include "record/function.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>

struct lc_real {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*reallocarray)(void *, size_t, size_t);
    void (*free)(void *);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    size_t (*malloc_usable_size)(void *);
    void *(*sbrk)(intptr_t);
    int (*brk)(void *);
    void (*quick_exit)(int);
    pid_t (*fork)(void);
    int (*sigaction)(int, const struct sigaction *, struct sigaction *);
    int (*sigaltstack)(const stack_t *, stack_t *);
    int (*execvpe)(const char *, char *const *, char *const *);
    pid_t (*wait4)(pid_t, int *, int, struct rusage *);
    int (*waitid)(idtype_t, id_t, siginfo_t *, int);
    int (*dlclose)(void *);
    void (*lsan_disable)(void); /* a sanitizer's that is in the process, too; these may be NULL */
    void (*lsan_enable)(void);
    void (*lsan_ignore_object)(const void *);
    void (*lsan_register_root_region)(const void *, size_t);
    void (*lsan_unregister_root_region)(const void *, size_t);
    int (*lsan_is_turned_off)(void); /* the program's own */
    void (*cxx_freeres)(void); /* libstdc++'s, where the program was started with it */
};

/* All NULL until lc_real_resolve() has run, in our constructor: until then the doors serve from early.h. */
extern struct lc_real lc_real;

/* Asks the loader, and so only in the constructor. 0, or -ENOSYS when there is no malloc behind ours (then nothing can work). */
int lc_real_resolve(void);

/* Every operator new and delete, as a function of up to three words; an alignment or a nothrow_t& that the
 * operator does not take is ignored by it (System V ABI, AMD64, 3.2.3). */
typedef void *lc_real_operator(uintptr_t first, uintptr_t second, uintptr_t third);

/* The program's own operator behind `f` for code at `caller`: that of the runtime or allocator that the
 * program was started with, else the caller's module's own. NULL when there is neither. No lock. */
lc_real_operator *lc_real_cxx(enum lc_function f, uintptr_t caller);

/* The same where that is NULL, from the libraries of the caller's module: a runtime that came with dlopen.
 * Takes the loader's lock, and so is for when there is nothing better: to throw std::bad_alloc. */
lc_real_operator *lc_real_cxx_loaded(enum lc_function f, uintptr_t caller);

/* The code of libc that allocates the buffers of stdio's streams; empty when it is not known. */
struct lc_range lc_real_stdio_allocator(void);

/* Where the module of `address` is loaded, that of libc, and the loader's own; empty when not known. */
struct lc_range lc_real_module(uintptr_t address);
struct lc_range lc_real_libc(void);
struct lc_range lc_real_loader(void);

/* Whether malloc's blocks come from glibc. */
bool lc_real_is_glibc(void);

/* The file whose malloc the program calls instead of ours ("": the executable), or NULL when it calls ours. */
const char *lc_real_bypassed_by(void);

#endif
