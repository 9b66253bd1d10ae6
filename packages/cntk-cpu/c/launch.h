/* What every kernel needs: its rows, its threads, and how it is compiled. */
#ifndef CNTK_LAUNCH_H
#define CNTK_LAUNCH_H

#include "api.h"

static inline int64_t rows_of(const launch *self, const int64_t *rows) {
    return self->rows < 0 ? 1 : rows[self->rows];
}

/* Threads that a kernel may use; kernels that are too small for more take one. */
extern int num_threads;

#define INLINE static inline __attribute__((always_inline))

/* The kernel for each instruction set that the compiler knows; the loader takes the best that this
   machine has. The loops live in functions of their own, called from parallel regions. Levels of
   x86-64 ask what a processor can do; "arch=haswell" would ask whether it is that very one. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CNTK_TARGETS 1 /* functions may be compiled for a given instruction set */
#endif
#if defined(CNTK_TARGETS) && !defined(CNTK_PLAIN)
#if __GNUC__ >= 12
#define EVERY_MACHINE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define EVERY_MACHINE __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
#define CNTK_CLONES 1
#else
#define EVERY_MACHINE
#endif

#endif
